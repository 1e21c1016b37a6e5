// Draws every [data-chart], whose value is the figure as JSON, with Plotly in one theme. The library comes only when a chart comes near the screen.
// A trace names its colour instead of writing it: meta.hue (1 to 12, a product's) or meta.tone (accent, ink, soft, faint,
// good, watch, bad). meta.label = true writes the trace's name at its last point, and the chart needs no legend for it.

const CONFIG = { displayModeBar: false, displaylogo: false, showSendToCloud: false, responsive: true, doubleClick: "reset", scrollZoom: false };
const TONES = { accent: "--accent", ink: "--ink", soft: "--ink-soft", faint: "--line-strong", good: "--good", watch: "--watch", bad: "--bad" };

// The browser resolves light-dark() only on a real property, so an unseen element is asked for its colour.
const probe = Object.assign(document.createElement("span"), { hidden: true });
document.body.append(probe);

function colour(name) {
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

function faded(shade, share) {
  return shade.replace(/^rgba?\(([^)]+)\)$/, (_, parts) => `rgba(${parts.split(",").slice(0, 3).join(",")}, ${share})`);
}

let library;
function plotly() {
  library ??= new Promise((resolve, reject) => {
    const meta = document.querySelector("meta[name='portolan-plotly']");
    // Plotly leaves its style sheet alone when a link of this id and class is there; the policy forbids injected ones.
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: meta.dataset.css, id: "plotly.js-style-global", className: "no-inline-styles" });
    const script = Object.assign(document.createElement("script"), { src: meta.content, onload: () => resolve(window.Plotly), onerror: reject });
    document.head.append(sheet, script);
  });
  return library;
}

function theme() {
  const [ink, soft, line, paper, raised] = ["--ink", "--ink-soft", "--line", "--paper", "--paper-raised"].map(colour);
  const font = { family: getComputedStyle(document.body).fontFamily, size: 12, color: soft };
  const axis = { gridcolor: line, zerolinecolor: colour("--line-strong"), zerolinewidth: 1, linecolor: line, tickcolor: line, automargin: true, fixedrange: true, exponentformat: "B", spikethickness: 1, spikedash: "solid", spikecolor: colour("--line-strong"), title: { font, standoff: 8 } };
  return {
    font, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", colorway: Array.from({ length: 12 }, (_, i) => colour(`--hue-${i + 1}`)),
    margin: { l: 8, r: 16, t: 12, b: 8, pad: 4 },
    xaxis: { ...axis, showgrid: false, zeroline: false, showline: true },
    yaxis: { ...axis, rangemode: "nonnegative" },
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", font: { ...font, color: ink }, itemclick: false, itemdoubleclick: false },
    hoverlabel: { bgcolor: raised, bordercolor: colour("--line-strong"), font: { ...font, color: ink }, align: "left" },
    bargap: 0.35, barcornerradius: 2, dragmode: false,
    annotationdefaults: { font: { ...font, color: soft }, showarrow: false, bgcolor: faded(paper, 0.85) },
    shapedefaults: { line: { color: colour("--ink-faint"), width: 1, dash: "dot" }, layer: "below" },
    modebar: { bgcolor: paper, color: soft },
  };
}

function shadeOf(trace, place) {
  const { hue, tone } = trace.meta ?? {};
  if (hue) return colour(`--hue-${hue}`);
  return colour(TONES[tone] ?? (place === 0 ? "--accent" : `--hue-${(place % 12) + 1}`));
}

function dressed(trace, place) {
  const shade = shadeOf(trace, place);
  if (trace.type === "bar" || trace.type === "histogram") return { ...trace, marker: { color: shade, ...trace.marker } };
  if (trace.type === "box") return { ...trace, line: { width: 1.2, color: shade }, fillcolor: faded(shade, 0.15), marker: { color: shade, size: 4, ...trace.marker } };
  const dress = { ...trace, line: { color: shade, width: trace.stackgroup ? 0.5 : 2, ...trace.line }, marker: { color: shade, size: 6, ...trace.marker } };
  if (trace.stackgroup) dress.fillcolor ??= faded(shade, 0.75);
  else if (trace.fill) dress.fillcolor ??= faded(shade, 0.14);
  return dress;
}

// Names at the ends of lines, pushed apart until none covers another; a line that ends early is named where it ends.
function endLabels(traces, height) {
  const labels = [];
  const stacked = {};
  traces.forEach((trace, place) => {
    const last = trace.y?.findLastIndex((value) => value !== null) ?? -1;
    if (last < 0) return;
    let level = trace.y[last];
    if (trace.stackgroup) {
      const below = stacked[trace.stackgroup] ?? 0;
      stacked[trace.stackgroup] = below + level;
      level = below + level / 2;
    }
    const shade = trace.meta?.tone === "faint" ? colour("--ink-faint") : shadeOf(trace, place);
    if (trace.meta?.label) labels.push({ x: trace.x[last], y: level, text: trace.name, shade });
  });
  const tops = traces.flatMap((trace) => trace.y ?? []).filter(Number.isFinite);
  const reach = Math.max(...Object.values(stacked), ...tops, 0) - Math.min(...tops, 0) || 1;
  const pixel = reach / Math.max(80, height - 60);
  labels.sort((a, b) => a.y - b.y);
  const end = labels.length && traces.flatMap((trace) => trace.x ?? []).reduce((latest, x) => (x > latest ? x : latest));
  let floor = -Infinity;
  return labels.map(({ x, y, text, shade }) => {
    const font = { color: shade, size: 12 };
    if (x < end) return { x, y, text, font, xanchor: "right", yanchor: "bottom", yshift: 4, showarrow: false };
    const lifted = Math.max(y, floor);
    floor = lifted + 14 * pixel;
    // Beside the plot, not in it: a label inside would stretch the time axis.
    return { xref: "paper", x: 1, y, text, xanchor: "left", yanchor: "middle", xshift: 6, yshift: (lifted - y) / pixel, showarrow: false, font };
  });
}

// Words under an axis stand upright: as many as fit, evenly spaced.
function thinned(traces, width) {
  const words = [...new Set(traces.flatMap((trace) => (trace.orientation === "h" ? [] : trace.x ?? [])))];
  if (!words.every((word) => typeof word === "string" && Number.isNaN(Date.parse(word)))) return {};
  const step = Math.ceil((words.length * (16 + 7 * Math.max(0, ...words.map((word) => word.length)))) / Math.max(160, width - 60));
  if (step <= 1) return { tickangle: 0 };
  return { tickangle: 0, tickmode: "array", tickvals: words.filter((_, place) => place % step === 0) };
}

function completed(figure, width, height) {
  const traces = figure.data.map(dressed);
  const labels = endLabels(figure.data, height);
  const named = new Set(labels.map((label) => label.text));
  for (const trace of traces) if (named.has(trace.name)) trace.showlegend = false;
  const layout = { ...figure.layout, template: { layout: theme() }, autosize: true };
  // Months lie flat: as many as fit, instead of all of them aslant.
  const dated = layout.xaxis?.type === "date" ? { nticks: Math.max(2, Math.floor((width - 70) / 64)), tickangle: 0 } : {};
  layout.xaxis = { ...dated, ...thinned(figure.data, width), ...layout.xaxis };
  layout.annotations = [...(figure.layout?.annotations ?? []), ...labels];
  const isSeries = traces.some((trace) => trace.type === "bar" || trace.mode?.includes("lines"));
  layout.hovermode ??= isSeries ? "x unified" : "closest";
  if (traces.filter((trace) => trace.showlegend !== false).length < 2) layout.showlegend ??= false;
  const beside = labels.filter((label) => label.xref === "paper");
  if (beside.length) layout.margin = { r: 16 + 7 * Math.max(...beside.map((label) => label.text.length)), ...layout.margin };
  // Bars start at zero: a cut bar lies about its size.
  if (traces.some((trace) => trace.type === "bar")) layout.yaxis = { rangemode: "tozero", ...layout.yaxis };
  return { traces, layout };
}

async function render(plot) {
  const Plotly = await plotly();
  const { traces, layout } = completed(JSON.parse(plot.dataset.chart), plot.clientWidth, plot.clientHeight);
  await Plotly.react(plot, traces, layout, CONFIG);
  plot.dataset.drawn = "";
}

const nearby = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      nearby.unobserve(entry.target);
      render(entry.target);
    }
  },
  { rootMargin: "300px" },
);

function watch(part) {
  if (part.matches?.("[data-chart]")) nearby.observe(part);
  part.querySelectorAll?.("[data-chart]").forEach((plot) => nearby.observe(plot));
}

watch(document);
document.addEventListener("htmx:load", (event) => watch(event.target));
// A chart that is swapped away must let go of its listeners.
document.addEventListener("htmx:beforeCleanupElement", (event) => {
  if (event.target.dataset?.drawn !== undefined) window.Plotly.purge(event.target);
});
document.addEventListener("portolan:theme", () => document.querySelectorAll("[data-drawn]").forEach(render));
// Paper is white whatever the theme: the print style is light already, the drawn colours have to follow.
matchMedia("print").addEventListener("change", () => window.Plotly && document.querySelectorAll("[data-chart]").forEach(render));
