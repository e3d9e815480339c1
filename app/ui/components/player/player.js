// Plays frames [start, end) of a film and nothing around them, unless asked for. Frames are the
// film's own.
//
// It tells the page which frame it shows ("reelfind:frame"), also when asked ("reelfind:ask"), and
// goes where the page sends it ("reelfind:seek"): a timeline or a transcript beside it needs no way
// through the server. `src` says which film is meant. The server hears of spans: { start, end } as "add" or "trim", and of
// "hit", -1 or 1, for the hit before or after.

export default function ({ parentElement, data, setTriggerValue }) {
  const find = (selector) => parentElement.querySelector(selector);
  const video = find("video");
  if (video.film === data.src && video.adopt) {
    video.adopt(data, setTriggerValue);
    return video.forget;
  }
  video.forget?.(); // another film was played before
  video.film = data.src;

  const { clock } = data;
  const [over, under] = data.fps.split("/").map(Number);
  const fps = over / (under || 1);
  const span = { start: data.start, end: data.end }; // to play, or to trim
  const range = { ...span }; // with what is around it
  const marks = {};
  const scrub = find(".scrub");
  let tell = setTriggerValue, told = -1;
  let turn = data.turn ?? 0; // of what was trimmed here; the server says which it has dealt with

  const show = () => {
    const frame = move.clamp(move.frame());
    const resting = !move.playing() && !video.seeking;
    if (video.readyState && (frame !== told || resting)) {
      told = frame;
      const detail = { src: data.src, frame, resting };
      document.dispatchEvent(new CustomEvent("reelfind:frame", { detail }));
    }
    const at = timecodeOf(clock, frame);
    scrub.value = frame;
    scrub.setAttribute("aria-valuetext", at);
    find(".clock").value = `${at} / ${timecodeOf({ ...clock, first: 0 }, range.end - range.start)}`;
    const rate = move.rate();
    find(".speed").value = rate === 0 || rate === 1 ? "" : `${rate}×`;
    find(".play").textContent = move.playing() ? "Pause" : "Play";
  };
  const loops = () => find(".loop").checked;
  const move = transport(video, { fps, offset: data.offset, range, loops, show });

  const fit = () => {
    const around = find(".around input").checked ? data.around : 0;
    range.start = Math.max(0, span.start - around);
    const length = data.frames ?? Math.floor((video.duration - data.offset) * fps);
    range.end = Math.max(span.end, Math.min(length || span.end, span.end + around));
    scrub.min = range.start;
    scrub.max = range.end - 1;
    const share = (frame) => `${(100 * (frame - range.start)) / (range.end - range.start)}%`;
    const marked = data.trim ? { in: span.start, out: span.end } : marks;
    const shown = marked.in !== undefined || marked.out !== undefined;
    const from = marked.in ?? range.start, to = marked.out ?? range.end;
    find(".marked").hidden = !shown || (from === range.start && to === range.end);
    find(".marked").style.left = share(from);
    find(".marked").style.right = `calc(100% - ${share(to)})`;
  };

  const trim = data.trim && trimming(find(".trim"), {
    data, clock, span,
    showEnd: (edge) => { fit(); move.seek(edge === "start" ? span.start : span.end - 1); },
    tell: (value) => tell("trim", { ...value, turn: (turn += 1) }),
  });
  const drawMarks = () => {
    const { in: from, out: to } = marks;
    find(".clear").hidden = from === undefined && to === undefined;
    find(".add").hidden = !data.add || from === undefined || to === undefined;
    const frames = to - from;
    find(".span").value = from === undefined && to === undefined ? "" :
      [from, to].map((each) => (each === undefined ? "…" : timecodeOf(clock, each))).join(" – ") +
      (frames > 0 ? ` · ${frames} frames` : "");
    fit();
  };
  // An out is the first frame after the span.
  const mark = (edge) => {
    const frame = move.clamp(move.frame()) + (edge === "out" ? 1 : 0);
    if (trim) return trim.move(edge === "in" ? "start" : "end", frame);
    marks[edge] = frame;
    if (marks.in >= marks.out) delete marks[edge === "in" ? "out" : "in"];
    drawMarks();
  };
  const clear = () => { delete marks.in; delete marks.out; drawMarks(); };
  const add = () => { if (!find(".add").hidden) tell("add", { start: marks.in, end: marks.out }); };
  const who = () => { move.pause(); tell("who", move.clamp(move.frame())); };
  const leaf = (by) => { if (!find(by < 0 ? ".earlier" : ".later").hidden) tell("hit", by); };

  const fail = async () => {
    find(".message").textContent = await reasonOf(data.src);
    find(".message").hidden = false;
    video.hidden = true;
  };

  const keys = {
    " ": move.toggle, k: move.pause, l: move.forwards, j: move.reverse,
    ArrowLeft: () => move.step(-1), ArrowRight: () => move.step(1),
    "shift+ArrowLeft": () => move.step(-clock.nominal),
    "shift+ArrowRight": () => move.step(clock.nominal),
    Home: () => move.seek(range.start), End: () => move.seek(range.end - 1),
    i: () => mark("in"), o: () => mark("out"), x: clear, a: add,
  };
  const pressed = hearing(find(".player"), (key) => {
    if (data.leaf && key === "ArrowUp") return () => leaf(-1);
    if (data.leaf && key === "ArrowDown") return () => leaf(1);
    return keys[key];
  });
  const sent = ({ detail }) => { if (detail.src === data.src) move.seek(detail.frame); };
  const asked = ({ detail }) => { if (detail.src === data.src) { told = -1; show(); } };
  document.addEventListener("reelfind:seek", sent);
  document.addEventListener("reelfind:ask", asked);
  find(".player").onkeydown = pressed;
  if (data.keys === "page") document.addEventListener("keydown", pressed);

  scrub.oninput = () => { move.pause(); move.seek(Number(scrub.value)); };
  find(".around input").onchange = (event) => {
    fit();
    if (event.target.checked) { move.seek(range.start); move.play(); }
    else move.seek(move.frame());
  };
  const clicks = {
    ".play": move.toggle, ".back": keys.ArrowLeft, ".next": keys.ArrowRight,
    ".mark-in": keys.i, ".mark-out": keys.o, ".clear": clear, ".add": add,
    ".who": who, ".earlier": () => leaf(-1), ".later": () => leaf(1), ".full": () => video.requestFullscreen(),
  };
  for (const [name, act] of Object.entries(clicks)) find(name).onclick = act;
  video.onclick = move.toggle;
  find(".mute").onchange = (event) => { video.muted = event.target.checked; };
  Object.assign(video, { onplay: move.watch, onpause: show, onseeked: show, onerror: fail });

  // What the server draws anew: another span of the film, or the one that was trimmed here.
  const draw = () => {
    find(".around").hidden = !data.around;
    find(".trim").hidden = !data.trim;
    find(".who").hidden = !data.who;
    find(".earlier").hidden = !(data.leaf?.before);
    find(".later").hidden = !(data.leaf?.after);
    if (data.poster) video.poster = data.poster;
    trim?.draw();
    drawMarks();
  };
  const begin = () => {
    if (data.plays) {
      find(".play").focus({ preventScroll: true });
      move.play();
    }
  };
  video.adopt = (fresh, setTrigger) => {
    tell = setTrigger;
    data = fresh;
    const early = trim && (trim.waits() || fresh.turn < turn); // what was pressed since is not in it
    const same = span.start === fresh.start && span.end === fresh.end;
    if (early || same) return draw();
    Object.assign(span, { start: fresh.start, end: fresh.end });
    delete marks.in;
    delete marks.out;
    draw();
    move.seek(data.at ?? data.start);
    begin();
  };
  // Sought before it loads, so that steps meanwhile count; not every browser keeps the place.
  video.onloadedmetadata = () => { if (!video.currentTime) move.seek(data.at ?? data.start); };
  video.oncanplay = () => { video.oncanplay = null; begin(); };
  video.src = data.src;
  move.seek(data.at ?? data.start);
  draw();
  show();

  video.forget = () => {
    document.removeEventListener("reelfind:seek", sent);
    document.removeEventListener("reelfind:ask", asked);
    document.removeEventListener("keydown", pressed);
    video.adopt = video.onerror = null;
    video.pause();
    video.removeAttribute("src");
    video.load();
  };
  return video.forget;
}
