// User interfaces rendered on the server, state, graphics.
module.exports = {
  "react@^19": (React, require) => require("react-dom/server").renderToString(React.createElement("ul", { className: "x" }, [1, 2].map((n) => React.createElement("li", { key: n }, n)))),
  "react-dom@^19": async (_, require) => {
    const React = require("react");
    const { renderToPipeableStream } = require("react-dom/server");
    const { PassThrough } = require("stream");
    const { text } = require("stream/consumers");
    const out = new PassThrough();
    renderToPipeableStream(React.createElement("b", null, "hi")).pipe(out);
    return text(out);
  },
  "preact@^10": ({ h }, require) => require("preact-render-to-string").render(h("p", { class: "a" }, "x ", h("b", null, 1))),
  "vue@^3": ({ createSSRApp, h, ref }, require) => require("@vue/server-renderer").renderToString(createSSRApp({ setup: () => { const n = ref(1); n.value++; return () => h("p", { id: "a" }, `n ${n.value}`); } })),
  "svelte@^5": (_, require) => require("svelte/compiler").compile("<script>let { n } = $props();</script><p>{n}</p>", { generate: "server" }).js.code.includes("n"),
  "redux@^5": ({ createStore }) => {
    const store = createStore((s = 0, a) => (a.type === "add" ? s + a.n : s));
    store.dispatch({ type: "add", n: 3 });
    return store.getState();
  },
  "@reduxjs/toolkit@^2": ({ createSlice, configureStore }) => {
    const slice = createSlice({ name: "n", initialState: { v: 0 }, reducers: { up: (s) => void s.v++ } });
    const store = configureStore({ reducer: slice.reducer });
    store.dispatch(slice.actions.up());
    return store.getState();
  },
  "zustand@^5": (_, require) => {
    const store = require("zustand/vanilla").createStore((set) => ({ n: 0, up: () => set((s) => ({ n: s.n + 1 })) }));
    store.getState().up();
    return store.getState().n;
  },
  "mobx@^6": ({ observable, computed, autorun }) => {
    const x = observable({ n: 1 });
    const twice = computed(() => x.n * 2);
    const seen = [];
    autorun(() => seen.push(twice.get()));
    x.n = 5;
    return seen;
  },
  "xstate@^5": ({ createMachine, createActor }) => {
    const actor = createActor(createMachine({ initial: "a", states: { a: { on: { GO: "b" } }, b: {} } })).start();
    actor.send({ type: "GO" });
    return actor.getSnapshot().value;
  },
  "three@^0.170": (T) => new T.Vector3(1, 2, 3).applyMatrix4(new T.Matrix4().makeRotationZ(Math.PI / 2)).toArray().map((x) => +x.toFixed(6)),
  "vega@^5": async (vega) => new vega.View(vega.parse({ data: [{ name: "t", values: [1, 2, 3], transform: [{ type: "aggregate", ops: ["sum"], fields: ["data"], as: ["s"] }] }] }), { renderer: "none" }).runAsync().then((v) => v.data("t").map((x) => x.s)),
  "vega-lite@^5": (vl) => vl.compile({ data: { values: [{ a: 1 }] }, mark: "bar", encoding: { x: { field: "a", type: "quantitative" } } }).spec.marks.length,
  "elkjs@^0.9": async (Elk) => (await new (Elk.default ?? Elk)().layout({ id: "r", layoutOptions: { "elk.algorithm": "layered" }, children: [{ id: "a", width: 10, height: 10 }, { id: "b", width: 10, height: 10 }], edges: [{ id: "e", sources: ["a"], targets: ["b"] }] })).children.map((c) => [c.x, c.y]),
  "jsdom@^26": ({ JSDOM }) => new JSDOM("<p>x</p>").window.document.querySelector("p").textContent,
};
