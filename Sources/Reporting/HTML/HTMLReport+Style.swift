extension HTMLReport {
  /// The page's look, light or dark as the reader's system is. The colours of curves are those of
  /// Okabe and Ito (Color Universal Design, 2008), which the colour-blind can tell apart, and each
  /// curve has dashes of its own; from the seventh on lines are thin and points hollow.
  static let style = """
    :root {
      --paper: #ffffff; --ink: #1d1f23; --faint: #5d636d; --rule: #d9dce1; --shade: #f4f5f7;
      --good: #00684a; --good-shade: #e3f4ee; --warning: #9c4100; --warning-shade: #fdeee3;
      --s0: #0072b2; --s1: #d55e00; --s2: #009e73; --s3: #b04a86; --s4: #b07d00; --s5: #3f4650;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #16181c; --ink: #e6e8eb; --faint: #a3a9b3; --rule: #3a3f47; --shade: #1f2227;
        --good: #6fdcb6; --good-shade: #12332a; --warning: #ffb27a; --warning-shade: #3a2414;
        --s0: #56b4e9; --s1: #ff8f45; --s2: #2fcf9f; --s3: #e08fc0; --s4: #f0c242; --s5: #c5cad2;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; padding: 1.5rem clamp(0.8rem, 3vw, 2.5rem) 4rem; max-width: 82rem;
      background: var(--paper); color: var(--ink);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
    }
    h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 0.3rem; overflow-wrap: anywhere; }
    h2 { font-size: 1.25rem; margin: 2.6rem 0 0.8rem; border-bottom: 1px solid var(--rule); }
    p { max-width: 52rem; margin: 0.5rem 0; overflow-wrap: anywhere; }
    .faint, .note, .tick { color: var(--faint); }
    .note, .legend, details { font-size: 0.85rem; }
    nav { display: flex; flex-wrap: wrap; gap: 0.3rem 1.1rem; margin: 1.2rem 0; }
    nav a { color: var(--s0); }
    .callout {
      max-width: none; padding: 0.6rem 0.9rem; border-left: 4px solid var(--faint);
      background: var(--shade); border-radius: 0 4px 4px 0;
    }
    .callout span { font-weight: 700; }
    .callout.note { font-size: inherit; color: inherit; }
    .good { border-color: var(--good); background: var(--good-shade); color: var(--good); }
    .warning {
      border-color: var(--warning); background: var(--warning-shade); color: var(--warning);
    }
    .scroll { overflow-x: auto; margin: 0 0 1.2rem; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
    th, td {
      padding: 0.25rem 0.8rem 0.25rem 0; text-align: left; vertical-align: top;
      border-bottom: 1px solid var(--rule);
    }
    thead th { vertical-align: bottom; color: var(--faint); font-weight: 600; }
    .facts th { color: var(--faint); font-weight: 400; white-space: nowrap; }
    .facts td { overflow-wrap: anywhere; }
    .number { text-align: right; white-space: nowrap; }
    thead .number { white-space: normal; }
    .best td { font-weight: 700; background: var(--good-shade); }
    pre {
      padding: 0.8rem; overflow-x: auto; background: var(--shade); border-radius: 4px;
      font: 0.85rem/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
    }
    figure { margin: 0 0 1.2rem; }
    figcaption { margin: 0.3rem 0; overflow-wrap: anywhere; }
    .charts {
      display: grid; gap: 1.2rem 2rem;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr));
    }
    .chart svg { display: block; width: 100%; height: auto; max-width: 46rem; }
    .s0 { --s: var(--s0); } .s1 { --s: var(--s1); } .s2 { --s: var(--s2); }
    .s3 { --s: var(--s3); } .s4 { --s: var(--s4); } .s5 { --s: var(--s5); }
    .line { stroke: var(--s); stroke-width: 2; fill: none; stroke-linejoin: round; }
    .line.s1 { stroke-dasharray: 7 3; } .line.s2 { stroke-dasharray: 2 3; }
    .line.s3 { stroke-dasharray: 9 3 2 3; } .line.s4 { stroke-dasharray: 4 4; }
    .line.s5 { stroke-dasharray: 12 4; }
    .dot, .bar rect { fill: var(--s); }
    .line.again { stroke-width: 1; }
    .dot.again { fill: var(--paper); stroke: var(--s); }
    .band { fill: var(--s); opacity: 0.16; }
    .whisker { stroke: var(--s); stroke-width: 1.2; fill: none; opacity: 0.8; }
    .grid { stroke: var(--rule); stroke-width: 1; }
    .marker { stroke: var(--ink); stroke-width: 1.2; stroke-dasharray: 3 3; fill: none; }
    .tick, .marker-label { font-size: 12px; fill: var(--faint); }
    .marker-label { fill: var(--ink); font-weight: 600; }
    .legend {
      display: flex; flex-wrap: wrap; gap: 0.1rem 1rem; list-style: none; padding: 0; margin: 0;
    }
    .chart .legend svg.key {
      display: inline-block; width: 28px; height: 10px; margin-right: 0.4rem;
    }
    .bars { max-width: 60rem; }
    .bars table { width: 100%; }
    .bars th { font-weight: 400; width: 45%; overflow-wrap: anywhere; }
    .bar svg { display: block; width: 100%; height: 0.9rem; margin-top: 0.3rem; }
    .picture { overflow-x: auto; }
    .picture input { position: absolute; opacity: 0; }
    .picture img { display: block; max-width: 100%; height: auto; cursor: zoom-in; }
    .picture input:checked + img { max-width: none; cursor: zoom-out; }
    .picture input:focus-visible + img { outline: 3px solid var(--s0); }
    @media print { nav, details { display: none; } section { break-inside: avoid-page; } }
    """
}
