// In and out of a span, moved by frames. What is clicked or held adds up here and is told once,
// when nothing has been pressed for a moment: the span is saved as one change.

const REST = 450; // milliseconds

const trimming = (box, { data, clock, span, showEnd, tell }) => {
  const find = (selector) => box.querySelector(selector);
  let timer = 0, moved = "start";
  const draw = () => {
    find(".in-at").value = timecodeOf(clock, span.start);
    find(".out-at").value = timecodeOf(clock, span.end);
    const frames = span.end - span.start;
    find(".length").value = `${timecodeOf({ ...clock, first: 0 }, frames)} · ${frames} frames`;
  };
  const send = (typed) => {
    clearTimeout(timer);
    timer = 0;
    tell({ start: span.start, end: span.end, edge: moved, ...typed });
  };
  const move = (edge, to) => {
    const least = edge === "start" ? 0 : span.start + 1;
    const most = edge === "start" ? span.end - 1 : data.frames;
    span[edge] = Math.max(least, Math.min(most, to));
    moved = edge;
    draw();
    showEnd(edge);
    clearTimeout(timer);
    timer = setTimeout(send, REST);
  };
  const second = clock.nominal;
  for (const button of box.querySelectorAll("[data-edge]")) {
    const { edge, by } = button.dataset;
    const frames = { "-s": -second, "-1": -1, "+1": 1, "+s": second }[by];
    button.onclick = () => move(edge, span[edge] + frames);
  }
  for (const [edge, name] of [["start", ".in-at"], ["end", ".out-at"]]) {
    find(name).onchange = ({ target }) => send({ edge, text: target.value.trim() });
  }
  draw();
  return { draw, move, waits: () => timer !== 0 };
};
