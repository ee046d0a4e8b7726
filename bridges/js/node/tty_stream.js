// What packages ask of node's tty about colours; a stream of a terminal's own needs node.
"use strict";
({ node }) => {
  const { env } = node("process");
  const DEPTHS = { 0: 1, 1: 4, 2: 8, 3: 24 };

  class WriteStream {
    constructor() {
      node("tty.WriteStream")();
    }
    /** How many bits say a colour, by what the environment says of the terminal. */
    getColorDepth(variables = env) {
      const { FORCE_COLOR: forced, COLORTERM: more = "", TERM: term = "" } = variables;
      if (forced !== undefined && forced !== null) return DEPTHS[forced] ?? 4;
      if (variables.NO_COLOR || variables.NODE_DISABLE_COLORS || term === "dumb") return 1;
      if (/^(truecolor|24bit)$/.test(more)) return 24;
      if (/256/.test(term)) return 8;
      return term ? 4 : 1;
    }
    hasColors(count = 16, variables = undefined) {
      return typeof count === "object" ? this.hasColors(16, count) : count <= 2 ** this.getColorDepth(variables);
    }
  }
  return WriteStream;
}
