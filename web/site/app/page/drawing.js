// Drawings in SVG. Sizes are attributes, since the policy in `_headers` lets in no inline style, and
// each drawing stands beside the figures it is made of.

const SVG = "http://www.w3.org/2000/svg";

/** A bar as long as `part` is of `whole`. For the eye only: the figure is beside it. */
export function bar(part, whole, look = "") {
  const width = whole > 0 ? Math.max(0, Math.min(100, (100 * part) / whole)) : 0;
  return drawing({ class: `bar-chart ${look}`, viewBox: "0 0 100 1", preserveAspectRatio: "none", "aria-hidden": "true" },
    shape("rect", { class: "trough", width: 100, height: 1 }),
    shape("rect", { width: width.toFixed(2), height: 1 }));
}

const WIDTH = 600;
const HEIGHT = 180;

/** A line through `values`, oldest first, called `label`. Zero is drawn where the line is near it or goes below. */
export function line(values, label) {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const x = (index) => (values.length > 1 ? (WIDTH * index) / (values.length - 1) : WIDTH / 2);
  const y = (value) => (high > low ? (HEIGHT * (high - value)) / (high - low) : HEIGHT / 2);
  const points = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`);
  return drawing({ class: "line-chart", viewBox: `-6 -6 ${WIDTH + 12} ${HEIGHT + 12}`, role: "img", "aria-label": label },
    shape("line", { x1: 0, x2: WIDTH, y1: y(0), y2: y(0) }),
    points.length > 1
      ? shape("polyline", { points: points.join(" ") })
      : shape("circle", { cx: x(0), cy: y(values[0]), r: 4 }));
}

function drawing(attributes, ...shapes) {
  const made = shape("svg", attributes);
  made.append(...shapes);
  return made;
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

