#!/bin/sh
# The smallest reward there is: minus the size of the image's file in bytes.
#
#     raft-diffuse score --reward command:examples/reward_filesize.sh IMAGES…
#
# It answers in the order of the requests, so it needs no id (docs/rewards.md). Paths with quotes or backslashes are
# beyond sed; use a language that reads JSON where that matters.
while IFS= read -r line; do
  path=$(printf '%s\n' "$line" | sed -n 's/.*"image":{"path":"\([^"\\]*\)"}.*/\1/p')
  if [ -n "$path" ] && [ -f "$path" ]; then
    printf '{"score": -%d}\n' "$(wc -c <"$path")"
  else
    printf '{"error": "no file that sed can find"}\n'
  fi
done
