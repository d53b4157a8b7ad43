// Records what a page draws on its canvases. The page loads this script before its own scripts.
// `window.marksOf(root)` returns the marks on the visible canvases as JSON, in the order of
// drawing. `window.recordLines(modules)` must be called with the modules of the page's script before
// the page draws.

(() => {
  /** @type {WeakMap<HTMLCanvasElement, object[]>} the marks since the canvas was last cleared */
  const marks = new WeakMap();
  /** @type {WeakMap<CanvasRenderingContext2D, {shape: string, points: number[][], at: DOMMatrix}>} */
  const paths = new WeakMap();
  const context = CanvasRenderingContext2D.prototype;

  /** Call `onCall` before each call of a method of the canvas; the method itself is unchanged. */
  function watch(name, onCall) {
    const original = context[name];
    context[name] = function (...values) {
      onCall(this, values);
      return original.apply(this, values);
    };
  }

  function placed(points, { a, b, c, d, e, f }) {
    return points.map(([x, y]) => [a * x + c * y + e, b * x + d * y + f]);
  }

  function corners([x, y, width, height]) {
    return [
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
    ];
  }

  function add(context, paint, shape, points) {
    const color = paint === "fill" ? context.fillStyle : context.strokeStyle;
    const mark = { paint, shape, points, color, opacity: context.globalAlpha };
    if (!marks.has(context.canvas)) marks.set(context.canvas, []);
    marks.get(context.canvas).push({ ...mark, width: context.lineWidth });
  }

  // The transform must not change within a path: reading it at every point would be slow.
  watch("beginPath", (context) => {
    paths.set(context, { shape: "path", points: [], at: context.getTransform() });
  });
  for (const name of ["moveTo", "lineTo"]) {
    watch(name, (context, point) => {
      const path = paths.get(context);
      if (path) path.points.push(...placed([point], path.at));
    });
  }
  watch("roundRect", (context, box) => {
    const at = context.getTransform();
    paths.set(context, { shape: "roundRect", points: placed(corners(box), at), at });
  });
  for (const paint of ["stroke", "fill"]) {
    watch(paint, (context) => {
      const { shape, points } = paths.get(context) ?? { shape: "path", points: [] };
      add(context, paint, shape, points);
    });
    watch(`${paint}Rect`, (context, box) => {
      add(context, paint, "rect", placed(corners(box), context.getTransform()));
    });
  }
  /**
   * The lines of each picture in memory (assets/drawing/raster.js), by the buffer of its bytes. They are
   * marks of a canvas once the picture is put there.
   * @type {WeakMap<ArrayBuffer, {lines: object[], numPut: number}>}
   */
  const pictures = new WeakMap();

  /** Record the lines of all rasters. Call this before the page draws. */
  window.recordLines = (modules) => {
    const { Raster } = modules["drawing/raster.js"];
    const { start, stroke, composite, round } = Raster.prototype;
    const drawn = new WeakMap();
    Object.assign(Raster.prototype, {
      start(...size) {
        drawn.set(this, { lines: [], numPut: 0, numColored: 0 });
        start.apply(this, size);
      },
      stroke(x1, y1, x2, y2, width, opacity) {
        const points = [
          [x1, y1],
          [x2, y2],
        ];
        drawn.get(this).lines.push({ points, width, opacity });
        stroke.call(this, x1, y1, x2, y2, width, opacity);
      },
      composite(color) {
        const picture = drawn.get(this);
        const { r, g, b } = color;
        for (const line of picture.lines.slice(picture.numColored)) {
          line.color = `rgb(${r}, ${g}, ${b})`;
        }
        picture.numColored = picture.lines.length;
        composite.call(this, color);
      },
      round() {
        const pixels = round.call(this);
        pictures.set(pixels.bytes.buffer, drawn.get(this));
        return pixels;
      },
    });
  };
  watch("putImageData", (context, [{ data }, x, y]) => {
    const picture = pictures.get(data.buffer);
    if (!marks.has(context.canvas)) marks.set(context.canvas, []);
    for (const { points, ...line } of picture.lines.slice(picture.numPut)) {
      const at = points.map((point) => [point[0] + x, point[1] + y]);
      marks.get(context.canvas).push({ paint: "stroke", shape: "line", points: at, ...line });
    }
    picture.numPut = picture.lines.length;
  });
  // Every other drawing call is recorded too. A test that reads an unknown shape fails.
  for (const name of ["drawImage", "fillText", "strokeText"]) {
    watch(name, (context) => add(context, name, name, []));
  }
  watch("clearRect", (context) => marks.delete(context.canvas));
  for (const side of ["width", "height"]) {
    const { get, set } = Object.getOwnPropertyDescriptor(HTMLCanvasElement.prototype, side);
    Object.defineProperty(HTMLCanvasElement.prototype, side, {
      get,
      set(value) {
        marks.delete(this);
        set.call(this, value);
      },
    });
  }

  window.marksOf = (root) => {
    const visible = [...root.querySelectorAll("canvas")]
      .filter((canvas) => canvas.getClientRects().length > 0)
      .filter((canvas) => getComputedStyle(canvas).visibility === "visible");
    const found = visible.flatMap((canvas) => {
      const { left, top, width } = canvas.getBoundingClientRect();
      const ratio = canvas.width / width;
      return (marks.get(canvas) ?? []).map(({ points, ...mark }) => ({
        ...mark,
        points: points.map(([x, y]) => [left + x / ratio, top + y / ratio]),
      }));
    });
    return JSON.stringify(found);
  };
})();
