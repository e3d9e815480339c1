// The title at a glance (curves, sound and clips over its whole time) and a strip of its shots, of
// which only those in view exist. Follows and leads the player: see player.js.

const SVG = "http://www.w3.org/2000/svg";
const FLOOR = 60; // LUFS below full scale at the bottom of the loudness
const AHEAD = 4; // tiles beyond the edge, so that scrolling meets no gap
const REST = 300; // milliseconds after which a player that has stopped rests

export default function ({ parentElement, data, setStateValue }) {
  const find = (selector) => parentElement.querySelector(selector);
  const root = find(".timeline");
  const drawn = JSON.stringify({ ...data, clip: "", at: 0 });
  if (root.dataset.drawn === drawn) return root.forget;
  root.forget?.(); // what was drawn before listens no more
  root.dataset.drawn = drawn;

  const { shots, clips, frames, src } = data;
  const count = shots.start.length;
  const map = find(".map"), strip = find(".strip"), film = find(".film"), head = find(".head");
  const tile = parseFloat(getComputedStyle(root).getPropertyValue("--tile"));
  const starts = new Set(clips.start);
  let now = -1, active = 0, rested = data.at, timer = 0;

  const shorten = (name) => name.replace(/^[^:]*: /, "");
  const make = (tag, attributes) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  // The last span that begins at or before a frame.
  const spanAt = (spans, frame) => {
    let low = 0, high = spans.start.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (spans.start[middle] <= frame) low = middle; else high = middle - 1;
    }
    return low;
  };

  const drawCurves = () => {
    const picture = find(".curves");
    picture.setAttribute("viewBox", `0 0 ${frames} 100`);
    picture.replaceChildren(...data.curves.map(({ values }, number) => {
      const most = Math.max(...values, 1e-9);
      const points = values.map((value, i) =>
        `${((shots.start[i] + shots.end[i]) / 2).toFixed(0)},${(96 - (92 * value) / most).toFixed(1)}`);
      return make("path", { class: `c${number}`, d: `M${points.join("L")}` });
    }));
    find(".legend").replaceChildren(...data.curves.map(({ name }, number) => {
      const item = document.createElement("li");
      const key = make("svg", { viewBox: "0 0 26 8", "aria-hidden": "true" });
      key.append(make("path", { class: `c${number}`, d: "M0,4L26,4" }));
      item.append(key, document.createElement("span"));
      item.dataset.name = shorten(name);
      return item;
    }));
  };
  // Loudness as an area, and below it a band each where speech and music are heard.
  const drawSound = () => {
    const { sound } = data;
    for (const name of [".sound", ".heard"]) find(name).toggleAttribute("hidden", !sound);
    if (!sound) return;
    find(".sound").setAttribute("viewBox", `0 0 ${frames / sound.step} 40`);
    const height = (lufs) => (26 * (1 - Math.max(0, Math.min(1, 1 + lufs / FLOOR)))).toFixed(1);
    const area = sound.lufs.map((lufs, i) => `L${i},${height(lufs)}L${i + 1},${height(lufs)}`);
    const band = (values, top) => values
      .map((value, i) => (value >= sound.sure ? `M${i},${top}h1v5h-1z` : "")).join("");
    find(".sound").replaceChildren(
      make("path", { class: "level", d: `M0,26${area.join("")}L${sound.lufs.length},26z` }),
      make("path", { class: "speech", d: band(sound.speech, 28) }),
      make("path", { class: "music", d: band(sound.music, 35) }));
  };
  const showSound = (frame) => {
    const { sound } = data;
    if (!sound) return;
    const at = Math.floor(frame / sound.step);
    const level = sound.lufs[at] ?? -100;
    find(".heard .level span").textContent =
      level > -100 ? `Loudness ${level.toFixed(0)} LUFS` : "No sound";
    for (const name of ["speech", "music"]) {
      find(`.heard .${name}`).classList.toggle("now", (sound[name][at] ?? 0) >= sound.sure);
    }
  };
  const drawClips = () => {
    const band = find(".clips");
    band.setAttribute("viewBox", `0 0 ${frames} 10`);
    band.replaceChildren(...clips.start.map((start, i) =>
      make("rect", { x: start, y: 1, width: clips.end[i] - start, height: 8 })));
  };

  const makeTile = (i) => {
    const element = document.createElement("div");
    element.className = starts.has(shots.start[i]) ? "shot first" : "shot";
    element.id = `shot-${i}`;
    element.setAttribute("role", "option");
    element.setAttribute("aria-setsize", count);
    element.setAttribute("aria-posinset", i + 1);
    element.setAttribute("aria-label",
      `Shot ${i + 1} at ${shots.timecode[i]}, clip-worthiness ${shots.worth[i].toFixed(2)}`);
    element.style.left = `${i * tile + 4}px`;
    const still = new Image();
    still.alt = "";
    still.src = `api/v1/stills/${shots.id[i]}`;
    const label = document.createElement("span");
    label.textContent = shots.timecode[i];
    const bar = document.createElement("i");
    bar.style.width = `${shots.worth[i] * 100}%`;
    element.append(still, label, bar);
    element.onclick = () => { active = i; go(shots.start[i]); };
    return element;
  };
  const tiles = new Map();
  const fill = () => {
    const first = Math.max(0, Math.floor(strip.scrollLeft / tile) - AHEAD);
    const end = Math.min(count, Math.ceil((strip.scrollLeft + strip.clientWidth) / tile) + AHEAD);
    for (const [i, element] of tiles) {
      if (i < first || i >= end) { element.remove(); tiles.delete(i); }
    }
    for (let i = first; i < end; i++) {
      if (!tiles.has(i)) { tiles.set(i, makeTile(i)); film.append(tiles.get(i)); }
    }
    mark();
  };
  const mark = () => {
    for (const [i, element] of tiles) {
      element.classList.toggle("now", i === now);
      element.classList.toggle("active", i === active);
      element.setAttribute("aria-selected", i === active);
    }
    strip.setAttribute("aria-activedescendant", `shot-${active}`);
  };
  const reveal = (i) => {
    const left = i * tile;
    if (left < strip.scrollLeft || left + tile > strip.scrollLeft + strip.clientWidth) {
      strip.scrollLeft = left - strip.clientWidth / 2 + tile / 2;
    }
    fill();
  };

  const show = (frame) => {
    root.dataset.frame = frame; // other curves are drawn around the same playhead
    head.style.left = `${(100 * (frame + 0.5)) / frames}%`;
    showSound(frame);
    const shot = spanAt(shots, frame);
    if (shot === now) return;
    now = active = shot;
    map.setAttribute("aria-valuenow", shot + 1);
    map.setAttribute("aria-valuetext", `Shot ${shot + 1} of ${count} at ${shots.timecode[shot]}`);
    for (const [number, item] of [...find(".legend").children].entries()) {
      const value = data.curves[number].values[shot];
      item.lastChild.textContent = `${item.dataset.name} ${value.toFixed(value < 0.1 ? 3 : 2)}`;
    }
    const current = spanAt(clips, frame);
    [...find(".clips").children].forEach((each, i) => each.classList.toggle("now", i === current));
    reveal(shot);
  };
  const rest = (frame) => {
    rested = frame;
    setStateValue("rest", { clip: clips.id[spanAt(clips, frame)] ?? "", frame });
  };
  const told = ({ detail }) => {
    if (detail.src !== src) return;
    show(detail.frame);
    clearTimeout(timer);
    if (detail.resting && detail.frame !== rested) timer = setTimeout(() => rest(detail.frame), REST);
  };
  const go = (frame) => {
    show(frame);
    document.dispatchEvent(new CustomEvent("reelfind:seek", { detail: { src, frame } }));
  };
  const goToShot = (i) => go(shots.start[Math.max(0, Math.min(count - 1, i))]);

  map.setAttribute("aria-valuemin", 1);
  map.setAttribute("aria-valuemax", count);
  const pointed = (event) => {
    const box = map.getBoundingClientRect();
    const share = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
    go(Math.min(frames - 1, Math.floor(share * frames)));
  };
  map.onpointerdown = (event) => { map.setPointerCapture(event.pointerId); pointed(event); };
  map.onpointermove = (event) => { if (event.buttons) pointed(event); };
  map.onkeydown = (event) => {
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, PageUp: now + 10, PageDown: now - 10,
      ArrowUp: now + 1, ArrowDown: now - 1, Home: 0, End: count - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    goToShot(to);
  };
  strip.onkeydown = (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      goToShot(active);
      return;
    }
    const to = { ArrowLeft: active - 1, ArrowRight: active + 1, Home: 0, End: count - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    active = Math.max(0, Math.min(count - 1, to));
    reveal(active);
  };
  strip.onscroll = fill;
  const resized = new ResizeObserver(fill);
  resized.observe(strip);
  document.addEventListener("reelfind:frame", told);

  film.style.width = `${count * tile + 4}px`;
  film.replaceChildren();
  drawCurves();
  drawSound();
  drawClips();
  show(Number(root.dataset.frame ?? data.at));
  // The player may have moved before this was drawn.
  document.dispatchEvent(new CustomEvent("reelfind:ask", { detail: { src } }));

  root.forget = () => {
    clearTimeout(timer);
    document.removeEventListener("reelfind:frame", told);
    resized.disconnect();
  };
  return root.forget;
}
