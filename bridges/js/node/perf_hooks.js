// node's perf_hooks: the clock, marks and measures.
"use strict";
({ host }) => {
  const entries = [];
  const origin = Date.now() - host.now();

  class PerformanceEntry {
    constructor(name, entryType, startTime, duration, detail) {
      Object.assign(this, { name, entryType, startTime, duration, detail });
    }
    toJSON() {
      return { ...this };
    }
  }
  class PerformanceMark extends PerformanceEntry {
    constructor(name, { startTime = host.now(), detail = null } = {}) {
      super(name, "mark", startTime, 0, detail);
    }
  }
  class PerformanceMeasure extends PerformanceEntry {}

  const keep = (entry) => (entries.push(entry), entry);
  const timeOf = (x, otherwise) => (x === undefined ? otherwise : typeof x === "number" ? x : entries.findLast((e) => e.entryType === "mark" && e.name === x)?.startTime ?? missing(x));
  const missing = (name) => {
    throw new DOMException(`The "${name}" performance mark has not been set`, "SyntaxError");
  };
  const clear = (type) => (name) => {
    for (let i = entries.length; i--; ) if (entries[i].entryType === type && (name === undefined || entries[i].name === name)) entries.splice(i, 1);
  };

  class Performance {
    timeOrigin = origin;
    now() {
      return host.now();
    }
    mark(name, options) {
      return keep(new PerformanceMark(name, options));
    }
    measure(name, start, end) {
      const options = typeof start === "object" && start !== null ? start : { start, end };
      const to = timeOf(options.end, host.now());
      const from = options.duration === undefined ? timeOf(options.start, 0) : to - options.duration;
      return keep(new PerformanceMeasure(name, "measure", from, to - from, options.detail ?? null));
    }
    getEntries() {
      return [...entries];
    }
    getEntriesByName(name, type) {
      return entries.filter((e) => e.name === name && (type === undefined || e.entryType === type));
    }
    getEntriesByType(type) {
      return entries.filter((e) => e.entryType === type);
    }
    clearMarks = clear("mark");
    clearMeasures = clear("measure");
    clearResourceTimings() {}
    markResourceTiming() {}
    timerify(f) {
      return f;
    }
    eventLoopUtilization() {
      return { idle: 0, active: 0, utilization: 0 };
    }
    toJSON() {
      return { timeOrigin: origin };
    }
  }

  class PerformanceObserver {
    static supportedEntryTypes = ["mark", "measure"];
    observe() {}
    disconnect() {}
    takeRecords() {
      return [];
    }
  }

  return { performance: new Performance(), Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceObserver, constants: {}, monitorEventLoopDelay: () => ({ enable() {}, disable() {}, min: 0, max: 0, mean: 0, stddev: 0, percentile: () => 0 }) };
}
