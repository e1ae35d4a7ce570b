#ifndef CIMAGING_MESSAGE_H
#define CIMAGING_MESSAGE_H

#include <stdio.h>

#include "CImaging.h"

/// Copies `text` into a caller's message buffer, cut where it is too long.
static inline void cimaging_say(char *message, const char *text) {
  snprintf(message, CIMAGING_MESSAGE_SIZE, "%s", text);
}

#endif
