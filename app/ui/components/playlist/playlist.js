// Plays span after span of several films. Of its two videos one is seen; the other one has the next
// item ready at its first frame, so that a cut costs no loading.
//
// An item: { id, position, name, src, start, end, fps, offset, clock, record, length, problem }.
// Frames are the film's own; `record` and `length` are frames of the list's sequence. What cannot be
// played is skipped, and listed with the reason. "reelfind:item" tells the page which item is seen
// (also when asked by "reelfind:which"), and "reelfind:play" { id } plays from an item.

const playlist = (root, data, { tell, moved = () => {}, plays = true }) => {
  const find = (selector) => root.querySelector(selector);
  let [front, back] = [...root.querySelectorAll("video")].map((video) => ({ video }));
  let { items } = data, at = -1, ahead = -1, told = "";
  const failures = new Map(); // why films cannot be played, by their addresses
  const problemOf = (item) => item.problem || failures.get(item.src);
  // The nearest item that can be played, from one on, in a direction.
  const nearest = (index, by) => {
    while (items[index] && problemOf(items[index])) index += by;
    return items[index] ? index : -1;
  };
  const rateOf = ({ fps }) => fps.split("/").map(Number);
  const scaled = (frames, from, to) => {
    const [[over, under], [toOver, toUnder]] = [rateOf(from), rateOf(to)];
    return Math.floor((frames * under * toOver) / (over * toUnder)); // whole numbers, so exact
  };
  const recordOf = (item, frame) =>
    item.record + Math.min(item.length - 1, scaled(frame - item.start, item, data));
  const frameOf = (item, record) =>
    Math.min(item.end - 1, item.start + scaled(record - item.record, data, item));
  const frame = () => front.move.clamp(front.move.frame());
  const playing = () => at >= 0 && front.move.playing();

  const show = () => {
    if (at < 0) return;
    const item = items[at], now = frame(), record = recordOf(item, now);
    if (front.video.readyState >= 2 && !front.video.seeking) {
      front.video.classList.add("front");
      back.video.classList.remove("front");
      prepare();
    }
    const length = timecodeOf({ ...data.clock, first: 0 }, data.frames);
    find(".clock").value = `${timecodeOf(data.clock, record)} / ${length}`;
    find(".source").value = timecodeOf(item.clock, now);
    find(".scrub").value = record;
    find(".scrub").setAttribute("aria-valuetext", `Item ${item.position}, ${timecodeOf(data.clock, record)}`);
    const rate = front.move.rate();
    find(".speed").value = rate === 0 || rate === 1 ? "" : `${rate}×`;
    find(".play").textContent = playing() ? "Pause" : "Play";
    moved({ item, frame: now, record, playing: playing() });
    if (told === item.id) return;
    told = item.id;
    find(".place").textContent = `${item.position} of ${items.length}`;
    find(".name").textContent = item.name;
    for (const cut of find(".cuts").children) cut.classList.toggle("front", cut.dataset.id === item.id);
    announce();
  };
  const announce = () =>
    document.dispatchEvent(new CustomEvent("reelfind:item", { detail: { id: items[at]?.id } }));

  const load = (slot, item, to = item.start) => {
    const { video } = slot;
    slot.move?.pause();
    const [over, under] = rateOf(item);
    Object.assign(slot, { item, wanted: to });
    const seen = () => { if (slot === front) show(); };
    slot.move = transport(video, {
      fps: over / under, offset: item.offset, range: { start: item.start, end: item.end },
      loops: () => false, show: seen, ended: () => { if (slot === front) follow(); },
    });
    Object.assign(video, {
      onplay: slot.move.watch, onpause: seen, onseeked: seen, onloadeddata: seen, oncanplay: seen,
      onloadedmetadata: () => { if (slot.move.frame() !== slot.wanted) slot.move.seek(slot.wanted); },
      onerror: () => fail(slot),
    });
    if (slot.src !== item.src) video.src = slot.src = item.src;
    slot.move.seek(to);
  };
  // Loads what comes next, once what is seen needs the connection no more.
  const prepare = () => {
    if (ahead === at) return;
    ahead = at;
    const next = nearest(at + 1, 1);
    if (next >= 0 && back.item !== items[next]) load(back, items[next]);
  };
  const open = (index, { to = items[index].start, play = false, rate = 1 } = {}) => {
    const item = items[index];
    at = index;
    ahead = -1;
    // Within the film that is seen, seeking is quicker than loading it a second time.
    const same = front.src === item.src && back.item !== item;
    if (front.item !== item && !same) {
      front.move?.pause();
      [front, back] = [back, front];
    }
    if (front.item !== item) load(front, item, to);
    else if (front.move.frame() !== to) { front.wanted = to; front.move.seek(to); }
    if (play) front.move.play(rate);
    else front.move.pause();
    show();
  };
  const follow = () => {
    const next = nearest(at + 1, 1);
    if (next >= 0) open(next, { play: true, rate: front.video.playbackRate });
    else show();
  };

  const drawSkipped = () => {
    find(".skipped").replaceChildren(...items.filter(problemOf).map((item) => {
      const line = document.createElement("li");
      line.textContent = `Item ${item.position} (${item.name}) skipped: ${problemOf(item)}`;
      return line;
    }));
  };
  const fail = async (slot) => {
    const { item, video } = slot, wanted = !video.paused;
    const reason = await reasonOf(item.src);
    failures.set(item.src, reason);
    slot.src = null;
    drawSkipped();
    if (slot === front && items[at] === item) start(wanted);
    else { ahead = -1; show(); }
  };
  // At the item that is wanted, or the nearest one that can be played.
  const start = (play, index = Math.max(0, at), to = undefined) => {
    const found = [nearest(index, 1), nearest(index, -1)].find((each) => each >= 0) ?? -1;
    find(".message").hidden = found >= 0;
    find(".stage").hidden = found < 0;
    if (found >= 0) return open(found, { to: found === index ? to : undefined, play });
    at = -1;
    find(".message").textContent = "No item of this list can be played.";
  };

  const stops = (act) => () => { if (at >= 0) act(); };
  const jump = (by) => {
    const item = items[at], played = playing();
    // As in an editing system: first to the start of this item, then to the one before.
    const into = frame() - item.start > (played ? item.clock.nominal : 0);
    const index = by < 0 && into ? at : nearest(at + by, by);
    if (index >= 0) open(index, { play: played });
  };
  const step = (by) => {
    const item = items[at], to = frame() + by, way = Math.sign(by);
    const index = to < item.start || to >= item.end ? nearest(at + way, way) : -1;
    if (index < 0) {
      front.wanted = front.move.clamp(to); // also where a film that is still loading begins
      return front.move.step(by);
    }
    open(index, { to: way > 0 ? items[index].start : items[index].end - 1 });
  };
  const toggle = () => {
    if (playing()) return front.move.pause();
    const over = frame() >= items[at].end - 1;
    const next = over ? nearest(at + 1, 1) : at;
    if (next === at) front.move.play();
    else open(next >= 0 ? next : nearest(0, 1), { play: true });
  };
  const seek = (record) => {
    const found = items.findLastIndex((item) => item.length && item.record <= record);
    const index = nearest(Math.max(0, found), 1);
    if (index >= 0) open(index, { to: index === found ? frameOf(items[index], record) : undefined });
  };
  const edit = () => { front.move.pause(); tell("edit", items[at].id); };
  const keys = {
    " ": toggle, k: () => front.move.pause(), l: () => front.move.forwards(), j: () => front.move.reverse(),
    ArrowLeft: () => step(-1), ArrowRight: () => step(1),
    "shift+ArrowLeft": () => step(-items[at].clock.nominal),
    "shift+ArrowRight": () => step(items[at].clock.nominal),
    ArrowUp: () => jump(-1), ArrowDown: () => jump(1),
    Home: () => open(nearest(0, 1)),
    End: () => { const last = nearest(items.length - 1, -1); open(last, { to: items[last].end - 1 }); },
    e: data.edits && edit,
  };
  const pressed = hearing(root, (key) => keys[key] && stops(keys[key]));
  const chosen = ({ detail }) => {
    const index = items.findIndex((item) => item.id === detail.id);
    if (index >= 0) start(true, index);
  };
  document.addEventListener("keydown", pressed);
  document.addEventListener("reelfind:which", announce);
  document.addEventListener("reelfind:play", chosen);
  const clicks = {
    ".play": toggle, ".earlier": keys.ArrowUp, ".later": keys.ArrowDown, ".edit": edit,
    ".full": () => find(".stage").requestFullscreen(),
  };
  for (const [name, act] of Object.entries(clicks)) find(name).onclick = stops(act);
  find(".close").onclick = () => tell("close", true);
  find(".stage").onclick = stops(toggle);
  find(".scrub").oninput = stops(() => seek(Number(find(".scrub").value)));
  find(".mute").onchange = ({ target }) => { front.video.muted = back.video.muted = target.checked; };
  find(".edit").hidden = find(".close").hidden = !data.edits;
  if (!data.edits) find(".keys").title = find(".keys").title.replace(/ · E:.*/, "");

  const draw = () => {
    told = "";
    find(".scrub").max = Math.max(0, data.frames - 1);
    find(".cuts").replaceChildren(...items.filter((item) => item.length).map((item) => {
      const cut = document.createElement("i");
      cut.dataset.id = item.id;
      cut.style.left = `${(100 * item.record) / data.frames}%`;
      cut.style.width = `${(100 * item.length) / data.frames}%`;
      return cut;
    }));
    drawSkipped();
  };
  draw();
  if (plays) {
    root.scrollIntoView({ block: "nearest" });
    find(".play").focus({ preventScroll: true });
  }
  start(plays);

  return {
    // What the server draws anew: the same list, or the one that it has become.
    adopt: (fresh, setTrigger) => {
      tell = setTrigger;
      const same = JSON.stringify(fresh) === JSON.stringify(data);
      const item = items[at], to = item && frame();
      if (same) return;
      data = fresh;
      items = fresh.items;
      front.item = back.item = null;
      draw();
      const index = items.findIndex((each) => each.id === item?.id);
      const inside = index >= 0 && to >= items[index].start && to < items[index].end;
      start(false, index < 0 ? Math.min(Math.max(0, at), items.length - 1) : index, inside ? to : undefined);
    },
    pause: stops(() => front.move.pause()),
    seek, open: (id, to) => start(false, items.findIndex((item) => item.id === id), to),
    forget: () => {
      document.removeEventListener("keydown", pressed);
      document.removeEventListener("reelfind:which", announce);
      document.removeEventListener("reelfind:play", chosen);
      document.dispatchEvent(new CustomEvent("reelfind:item", { detail: {} }));
      for (const { video } of [front, back]) {
        video.onerror = null;
        video.pause();
        video.removeAttribute("src");
        video.load();
      }
    },
  };
};
