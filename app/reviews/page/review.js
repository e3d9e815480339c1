// The review page: plays the list, and sends comments and approvals. All of it comes from the API
// by the key in the page's address.

const NAME = "reelfind.reviewer"; // where the browser keeps the reviewer's name
const key = new URLSearchParams(location.search).get("key") ?? "";
const $ = (selector, root = document) => root.querySelector(selector);
let review, player, seen;

const ask = async (path, body) => {
  const headers = { Authorization: `Bearer ${key}`, ...(body && { "Content-Type": "application/json" }) };
  const sent = body && { method: "POST", body: JSON.stringify(body) };
  let answer;
  try {
    answer = await fetch(`api/v1/review${path}`, { headers, cache: "no-store", ...sent });
  } catch {
    throw new Error("the server does not answer; try again in a moment");
  }
  const told = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.detail), { status: answer.status });
  return told;
};
const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
const file = (item, kind) =>
  `api/v1/review/items/${item.item_id}/${kind}?key=${encodeURIComponent(key)}&span=${item.start_frame}-${item.end_frame}`;

// The film of an item begins at its first frame; the player counts the title's frames.
const played = (item) => {
  const [over, under] = (item.fps ?? "25/1").split("/").map(Number);
  return {
    id: item.item_id, position: item.position, name: item.title, problem: item.problem,
    src: file(item, "film"), start: item.start_frame, end: item.end_frame, fps: item.fps,
    clock: item.clock, offset: (-item.start_frame * under) / over,
    record: item.record_start, length: item.record_frames,
  };
};
const name = () => $(".who").value.trim();

const drawAnswer = (box, item_id) => {
  box.replaceChildren($("#answer").content.cloneNode(true));
  const about = review.approvals.filter((each) => each.item_id === item_id);
  const mine = about.find((each) => each.name === name());
  const item = review.items.find((each) => each.item_id === item_id);
  $(".buttons", box).setAttribute("aria-label", item ? `Item ${item.position}` : "Whole list");
  for (const [selector, approved] of [[".approve", true], [".refuse", false]]) {
    const pressed = mine?.approved === approved;
    $(selector, box).setAttribute("aria-pressed", String(pressed));
    $(selector, box).onclick = () => answer(item_id, pressed ? null : approved);
  }
  const words = (each) =>
    `${each.name}: ${each.approved ? "approved" : "needs changes"}${each.changed ? " (before a change)" : ""}`;
  $(".others", box).textContent = about.map(words).join(" · ");
};
const drawComments = (list, comments) => {
  list.replaceChildren(...comments.map((said) => {
    const line = document.createElement("li");
    const add = (tag, kind, text) => {
      const part = Object.assign(document.createElement(tag), { className: kind, textContent: text });
      line.append(part, " ");
      return part;
    };
    add("span", "by", said.name);
    const there = review.items.some((item) => item.item_id === said.item_id);
    if (said.timecode) {
      const at = add(there ? "button" : "span", "at", said.timecode);
      if (there) at.onclick = () => player.open(said.item_id, said.frame);
    }
    add("span", "when", new Date(said.made).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }));
    line.append(`\n${said.text}`);
    if (said.changed) line.append("\n"), add("span", "old", "Changed since this comment");
    return line;
  }));
};
const drawItem = (item) => {
  const line = $("#item").content.cloneNode(true).querySelector("li");
  line.dataset.id = item.item_id;
  $(".name", line).textContent = `${item.position} · ${item.title}`;
  $(".times", line).textContent = item.timecode_in ? `${item.timecode_in} – ${item.timecode_out}` : "";
  $(".wrong-item", line).textContent = item.problem ? sentence(item.problem) : "";
  if (!item.problem) $("img", line).src = file(item, "still");
  $(".still", line).setAttribute("aria-label", `Play from item ${item.position}`);
  $(".still", line).onclick = () =>
    document.dispatchEvent(new CustomEvent("reelfind:play", { detail: { id: item.item_id } }));
  drawAnswer($(".answer", line), item.item_id);
  drawComments($(".comments", line), review.comments.filter((each) => each.item_id === item.item_id));
  return line;
};
const mark = (id) => {
  for (const line of $(".items").children) line.setAttribute("aria-current", String(line.dataset.id === id));
};
const draw = () => {
  document.title = `Review: ${review.name}`;
  $("h1").textContent = review.name;
  const count = review.items.length, ends = new Date(review.ends).toLocaleDateString([], { dateStyle: "medium" });
  const length = timecodeOf({ ...review.clock, first: 0 }, review.frames);
  $(".facts").textContent = `${count} item${count === 1 ? "" : "s"} · ${length} · this link works until ${ends}`;
  $(".review").hidden = false;
  $(".items").replaceChildren(...review.items.map(drawItem));
  drawAnswer($(".whole .answer"), null);
  drawComments($(".whole .comments"), review.comments.filter((each) => each.item_id === null));
  const known = new Set([null, ...review.items.map((item) => item.item_id)]);
  const gone = review.comments.filter((each) => !known.has(each.item_id));
  $(".removed").hidden = !gone.length;
  drawComments($(".removed .comments"), gone);
  const data = {
    fps: review.fps, clock: review.clock, frames: review.frames, items: review.items.map(played),
  };
  if (player) player.adopt(data, () => {});
  else player = playlist($(".playlist"), data, { tell: () => {}, plays: false, moved });
  mark(seen?.item.id);
};
const moved = (now) => {
  seen = now;
  $(".about [value=frame]").textContent = timecodeOf(now.item.clock, now.frame);
  $(".about [value=item]").textContent = `item ${now.item.position}`;
};

const fail = (error) => {
  const over = error.status === 401 || error.status === 404;
  $(".wrong").textContent = sentence(error.message);
  $(".wrong").hidden = false;
  if (over) $(".review").hidden = true;
};
// Sends what a reviewer says; returns whether it arrived.
const send = async (path, body, told) => {
  localStorage.setItem(NAME, name());
  const before = review.version;
  try {
    review = await ask(path, { ...body, name: name(), version: before });
  } catch (error) {
    fail(error);
    return false;
  }
  $(".wrong").hidden = true;
  $(".said").textContent = review.version === before ? told : `${told} The list was changed meanwhile; this is the current version.`;
  draw();
  return true;
};
const answer = async (item_id, approved) => {
  if (!name()) {
    $(".said").textContent = "Enter your name first.";
    return $(".who").focus();
  }
  await send("/approvals", { item_id, approved }, "Your answer is saved.");
};
$(".say").onsubmit = async (event) => {
  event.preventDefault();
  const about = seen ? $(".about").value : "list", text = $(".text").value.trim();
  if (!text) return;
  const item_id = about === "list" ? null : seen.item.id;
  const frame = about === "frame" ? seen.frame : null;
  if (await send("/comments", { text, item_id, frame }, "Your comment is saved.")) $(".text").value = "";
};
$(".text").onfocus = () => player?.pause();
$(".who").onchange = () => { localStorage.setItem(NAME, name()); if (review) draw(); };
$(".who").value = localStorage.getItem(NAME) ?? "";
document.addEventListener("reelfind:item", ({ detail }) => mark(detail.id));
ask("").then((told) => { review = told; draw(); }, fail);
