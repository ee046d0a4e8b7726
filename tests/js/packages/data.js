// Functions over data, numbers, geometry and statistics.
module.exports = {
  "lodash@^4": (_) => [_.chunk([1, 2, 3], 2), _.merge({ a: [1, { b: 2 }] }, { a: [3, { c: 4 }] }), _.template("hi <%= x %>")({ x: 1 })],
  "lodash-es@^4": (_) => [_.camelCase("foo bar"), _.range(4)],
  "ramda@^0.30": (R) => R.pipe(R.map(R.multiply(2)), R.groupBy((x) => (x > 3 ? "big" : "small")))([1, 2, 3]),
  "underscore@^1": (_) => _.countBy([1, 2, 3], (x) => x % 2),
  "immutable@^5": ({ Map, List, Set }) => [Map({ a: 1 }).set("b", 2), List([1, 2]).push(3), Set([1, 1, 2]).size, String(Map({ a: List([1]) }))],
  "immer@^10": ({ produce }) => produce({ a: [1] }, (d) => void d.a.push(2)),
  "rxjs@^7": (rx) => new Promise((done) => rx.of(1, 2, 3).pipe(rx.map((x) => x * 2), rx.delay(1), rx.toArray()).subscribe(done)),
  "mathjs@^14": (math) => [math.evaluate("sqrt(3^2 + 4^2) cm to mm").toString(), math.derivative("x^2 + x", "x").toString(), math.inv([[1, 2], [3, 4]])],
  "bignumber.js@^9": (B) => new B("0.1").plus("0.2").div(3).toString(),
  "decimal.js@^10": (D) => new D(2).sqrt().toString(),
  "big.js@^6": (B) => new B("1e30").plus(1).toString(),
  "bn.js@^5": (BN) => new BN("dead", 16).pow(new BN(9)).toString(10),
  "long@^5": (Long) => (Long.default ?? Long).fromString("9223372036854775807").add(1).toString(),
  "fraction.js@^5": (F) => (F.default ?? F)(1, 3).add("0.5").toFraction(),
  "simple-statistics@^7": (ss) => [ss.mean([1, 2, 4]), ss.standardDeviation([1, 2, 4]), ss.linearRegression([[0, 0], [1, 2]])],
  "ml-matrix@^6": ({ Matrix, inverse }) => inverse(new Matrix([[2, 0], [0, 4]])).to2DArray(),
  "ml-regression@^6": ({ SLR }) => new SLR([1, 2, 3], [2, 4, 6]).predict(5),
  "d3-array@^3": (d3) => [d3.extent([3, 1, 2]), d3.bin()([1, 2, 3, 4]).length, [...d3.rollup(["a", "b", "a"], (v) => v.length, (x) => x)]],
  "d3-scale@^4": (d3) => [d3.scaleLinear([0, 10], [0, 100])(5), d3.scaleTime().nice().ticks(3).length, d3.scaleLog().ticks(3)],
  "d3-format@^3": (d3) => [d3.format(".2s")(42e6), d3.format("$,.2f")(1234.5)],
  "d3-shape@^3": (d3) => d3.line()([[0, 1], [2, 3]]) + d3.arc()({ innerRadius: 0, outerRadius: 1, startAngle: 0, endAngle: 1 }),
  "d3-hierarchy@^3": (d3) => d3.tree()(d3.hierarchy({ children: [{}, {}] })).descendants().map((n) => [n.x, n.y]),
  "d3-time-format@^4": (d3) => d3.utcFormat("%Y-%m-%d %j")(new Date(0)),
  "d3-geo@^3": (d3) => d3.geoDistance([0, 0], [90, 0]),
  "d3-interpolate@^3": (d3) => [d3.interpolateRgb("red", "blue")(0.5), d3.interpolate({ a: 1 }, { a: 3 })(0.5)],
  "d3-color@^3": (d3) => d3.hsl("steelblue").brighter().formatHex(),
  "topojson-client@^3": (t) => t.bbox({ type: "Topology", arcs: [[[0, 0], [1, 2]]], objects: {} }),
  "@turf/turf@^7": (turf) => [turf.distance([0, 0], [1, 1]), turf.area(turf.polygon([[[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]]))],
  "gl-matrix@^3": ({ vec3, mat4 }) => Array.from(vec3.transformMat4(vec3.create(), [1, 2, 3], mat4.fromTranslation(mat4.create(), [1, 1, 1]))),
  "delaunator@^5": (D) => Array.from((D.default ?? D).from([[0, 0], [1, 0], [0, 1], [1, 1]]).triangles),
  "earcut@^3": (earcut) => (earcut.default ?? earcut)([0, 0, 1, 0, 1, 1, 0, 1]),
  "rbush@^4": (R) => new (R.default ?? R)().insert({ minX: 0, minY: 0, maxX: 1, maxY: 1 }).search({ minX: 0, minY: 0, maxX: 2, maxY: 2 }),
  "kdbush@^4": (K) => {
    const index = new (K.default ?? K)(2);
    index.add(0, 0);
    index.add(5, 5);
    index.finish();
    return index.within(0, 0, 1);
  },
  "proj4@^2": (proj4) => (proj4.default ?? proj4)("EPSG:4326", "EPSG:3857", [10, 50]).map(Math.round),
  "seedrandom@^3": (seedrandom) => [seedrandom("hello")(), seedrandom.alea("x")()],
  "murmurhash@^2": (m) => m.v3("hello", 1),
  "graphlib@^2": (g) => {
    const graph = new g.Graph();
    graph.setEdge("a", "b", 2);
    return g.alg.dijkstra(graph, "a");
  },
  "dagre@^0.8": (dagre) => {
    const g = new dagre.graphlib.Graph().setGraph({}).setDefaultEdgeLabel(() => ({}));
    g.setNode("a", { width: 10, height: 10 }).setNode("b", { width: 10, height: 10 }).setEdge("a", "b");
    dagre.layout(g);
    return g.node("b");
  },
  "cytoscape@^3": (cy) => (cy.default ?? cy)({ headless: true, elements: [{ data: { id: "a" } }, { data: { id: "b" } }, { data: { source: "a", target: "b" } }] }).$("#a").degree(),
  "ngraph.graph@^20": (make) => {
    const g = (make.default ?? make)();
    g.addLink(1, 2);
    return [g.getNodesCount(), g.getLinksCount()];
  },
  "numeral@^2": (n) => [n(1234567.891).format("0,0.00"), n(0.5).format("0%")],
  "currency.js@^2": (c) => c(1.005, { precision: 3 }).add(2).format(),
  "accounting@^0.4": (a) => a.formatMoney(4999.99, "€", 2, ".", ","),
  "chance@^1": (Chance) => [new Chance(7).integer({ min: 0, max: 9 }), new Chance(7).name()],
  "@faker-js/faker@^9": ({ faker }) => (faker.seed(7), [faker.person.firstName(), faker.number.int(100)]),
};
