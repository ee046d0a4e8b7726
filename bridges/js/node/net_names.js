// What packages ask of node's net without connecting: if a text is an address.
"use strict";
() => {
  const FOUR = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

  function isIPv6(text) {
    const [bare, ...zone] = String(text).split("%");
    if (zone.length > 1 || zone[0] === "") return false;
    const halves = bare.split("::");
    if (halves.length > 2) return false;
    const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
    const last = groups.at(-1).at(-1);
    const dotted = last !== undefined && FOUR.test(last);
    if (dotted) groups.at(-1).splice(-1, 1, "0", "0");
    const all = groups.flat();
    return all.every((group) => /^[\da-f]{1,4}$/i.test(group)) && (halves.length === 2 ? all.length < 8 : all.length === 8);
  }
  const isIPv4 = (text) => FOUR.test(String(text));

  return { isIPv4, isIPv6, isIP: (text) => (isIPv4(text) ? 4 : isIPv6(text) ? 6 : 0) };
}
