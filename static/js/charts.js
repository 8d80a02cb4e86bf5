// Draws <div data-chart="ID" data-echarts="URL"> from the JSON block ID with ECharts, which is
// loaded when the first chart comes into view. Tooltips are rich text: HTML ones need inline style.
const drawn = new Set();
let library = null;

function load(url) {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.echarts);
    script.onerror = reject;
    document.head.append(script);
  });
  return library;
}

function colours(element) {
  const style = getComputedStyle(element);
  const of = (name) => style.getPropertyValue(name).trim();
  return {
    text: of("--th-muted"),
    line: of("--th-line"),
    surface: of("--th-surface"),
    strong: of("--th-text"),
    font: style.fontFamily,
    limit: of("--th-bad"),
    list: [1, 2, 3, 4, 5, 6].map((i) => of(`--th-series-${i}`)),
  };
}

// As the page's language writes numbers.
const number = (value) => value.toLocaleString(document.documentElement.lang, { maximumSignificantDigits: 6 });

function series(data, c) {
  return data.series.map((one, i) => {
    const limit = one.look === "limit";
    const bar = !limit && (data.kind === "bar" || data.kind === "stacked");
    const colour = limit ? c.limit : c.list[i % c.list.length];
    const proposed = one.look === "proposed";
    return {
      name: one.name,
      type: bar ? "bar" : "line",
      data: data.at ? data.at.map((at, k) => [at, one.values[k]]) : one.values,
      stack: data.kind === "stacked" && !limit ? "all" : undefined,
      step: data.kind === "step" || limit ? (data.at ? "end" : "middle") : undefined,
      showSymbol: one.values.length < 30 && !limit,
      symbolSize: 5,
      barMaxWidth: 28,
      color: colour,
      lineStyle: { width: 2, type: limit || proposed ? "dashed" : "solid" },
      itemStyle: proposed
        ? { decal: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [3, 3], rotation: -0.785 } }
        : {},
    };
  });
}

function option(data, element) {
  const c = colours(element);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const axis = { axisLabel: { color: c.text }, axisLine: { lineStyle: { color: c.line } } };
  return {
    animation: !still,
    animationDuration: 200,
    textStyle: { fontFamily: c.font, fontSize: 12 },
    aria: { enabled: true, label: { enabled: true } },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: c.surface,
      borderColor: c.line,
      textStyle: { color: c.strong, fontSize: 12 },
      valueFormatter: (value) => (value == null ? "–" : `${number(value)} ${data.unit}`.trim()),
    },
    legend: { show: data.series.length > 1, top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 8, textStyle: { color: c.text } },
    grid: { left: 4, right: 12, top: data.series.length > 1 ? 34 : 12, bottom: 24, containLabel: true },
    xAxis: { ...(data.at ? { type: "value", splitLine: { show: false } } : { type: "category", data: data.x }), axisTick: { show: false }, name: data.xLabel, nameLocation: "middle", nameGap: 26, nameTextStyle: { color: c.text }, ...axis },
    yAxis: { type: "value", scale: data.fromZero === false, splitLine: { lineStyle: { color: c.line } }, ...axis },
    series: series(data, c),
  };
}

async function draw(element) {
  const block = document.getElementById(element.dataset.chart);
  if (!block) return;
  const echarts = await load(element.dataset.echarts);
  if (!element.isConnected) return;
  const data = JSON.parse(block.textContent);
  const chart = echarts.getInstanceByDom(element) || echarts.init(element, null, { renderer: "canvas" });
  chart.setOption(option(data, element), true);
  drawn.add(element);
  sizes.observe(element);
}

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) window.echarts?.getInstanceByDom(target)?.resize();
});

const sight = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    sight.unobserve(entry.target);
    draw(entry.target);
  }
}, { rootMargin: "200px" });

function find() {
  for (const element of drawn) {
    if (element.isConnected) continue;
    sizes.unobserve(element);
    window.echarts?.getInstanceByDom(element)?.dispose();
    drawn.delete(element);
  }
  for (const element of document.querySelectorAll("[data-chart]")) {
    if (!drawn.has(element)) sight.observe(element);
  }
}

find();
document.addEventListener("htmx:afterSettle", find);
document.addEventListener("th:theme", () => drawn.forEach(draw));
