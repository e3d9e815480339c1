// Cards, whose HTML comes escaped from the server (card.py); here they get their buttons, the
// frames that are leafed through under the pointer, and the keyboard.

const FRAMES = 8; // as many as a strip of /api/v1/stills/…/strip holds
// In the open: what is done to most hits. The rest is behind "More", and all of it has keys.
const OPEN = [
  ["add", "playlist_add", "Add", "Add to the current shortlist (a)"],
  ["like", "filter_center_focus", "Similar", "More like this (m)"],
];
const MORE = [
  ["up", "thumb_up", "Clip-worthy", "+"],
  ["down", "thumb_down", "Not clip-worthy", "-"],
  ["tones", "label", "Label its tones", "t"],
  ["shortlist", "playlist_add_check", "Add to a shortlist…", "s"],
  ["unlike", "do_not_disturb_on", "Not like this", ""],
];
const KEYS = { a: "add", m: "like", "+": "up", "-": "down", t: "tones", s: "shortlist", o: "open" };

// The hit that has the keyboard, and which part of it. It outlives a redraw, which takes the focus
// away; a key that comes before the focus is given back counts for that hit all the same.
let place = null;

// Before it shows another page, Streamlit puts that page's parameters into the address of this one.
// That is no place to go back to: the entry is this page's as it was, and the next one the other's.
const leave = () => {
  const [state, address] = [history.state, location.href];
  const forget = () => { delete history.pushState; };
  const timer = setTimeout(forget, 10_000);
  history.pushState = (next, unused, url) => {
    if (new URL(url ?? "", location.href).pathname === location.pathname) return history.replaceState(next, unused, url);
    clearTimeout(timer);
    forget();
    history.replaceState(state, unused, address);
    history.pushState(next, unused, url);
  };
};

const isIdle = (element) => element === document.body || Boolean(element?.closest?.("dialog:not([open])"));
const restore = () => {
  if (!place || !isIdle(document.activeElement)) return;
  const same = document.querySelector(`.hits .hit[data-id="${place.id}"]`);
  const part = same?.querySelector(place.part) ?? document.querySelector(".hits .play");
  part?.focus({ preventScroll: true });
};
const focused = ({ target }) => {
  const hit = target.closest?.(".hits .hit");
  const part = target.dataset?.act ? `[data-act=${target.dataset.act}]` : ".play";
  if (hit) place = { id: hit.dataset.id, part };
  else if (!target.closest?.("[role=dialog], dialog")) place = null;
};
const pointed = ({ target }) => { if (!target.closest?.(".hits, [role=dialog], dialog")) place = null; };
const blurred = ({ relatedTarget }) => { if (!relatedTarget) requestAnimationFrame(restore); };

export default function ({ parentElement, data, setTriggerValue }) {
  const list = parentElement.querySelector(".hits");
  const keys = parentElement.querySelector(".hits-keys");
  list.className = `hits ${data.classes}`;

  const act = (hit, what, value = null) => {
    if (what === "open") { place = null; leave(); } // another page follows
    setTriggerValue("act", { what, id: hit.dataset.id, value });
  };
  const press = (hit, thumb) => {
    hit.dataset.thumb = thumb ?? "";
    hit.querySelector("[data-act=up]").setAttribute("aria-pressed", thumb === 1);
    hit.querySelector("[data-act=down]").setAttribute("aria-pressed", thumb === 0);
  };
  const icon = (name) => {
    const element = document.createElement("i");
    element.setAttribute("aria-hidden", "true");
    element.textContent = name;
    return element;
  };

  const part = (tag, name, symbol, label) => {
    const element = document.createElement(tag);
    if (tag === "button") element.type = "button";
    if (name) element.dataset.act = name;
    element.append(icon(symbol), Object.assign(document.createElement("span"), { textContent: label }));
    return element;
  };
  // A popover lies above all cards, and closes by Escape or a click elsewhere.
  const menu = () => {
    const more = part("button", "", "more_horiz", "More");
    const list = document.createElement("div");
    more.className = "more";
    more.setAttribute("aria-label", "More");
    list.className = "menu";
    list.popover = "auto";
    more.popoverTargetElement = list;
    for (const [name, symbol, label, key] of MORE) {
      const button = part("button", name, symbol, label);
      button.append(Object.assign(document.createElement("kbd"), { textContent: key }));
      list.append(button);
    }
    list.onbeforetoggle = ({ newState }) => {
      more.setAttribute("aria-expanded", newState === "open");
      const { left, bottom } = more.getBoundingClientRect();
      list.style.left = `${Math.max(8, Math.min(left, innerWidth - 240))}px`;
      list.style.top = `${Math.min(bottom + 4, innerHeight - 200)}px`;
    };
    return [more, list];
  };

  const leaf = (hit, card) => {
    const still = hit.querySelector(".still");
    const frames = document.createElement("div");
    frames.className = "frames";
    still.querySelector("img").after(frames);
    const play = hit.querySelector(".play");
    const show = (frame) => { frames.style.backgroundPositionX = `${(100 * frame) / (FRAMES - 1)}%`; };
    play.onpointerenter = () => {
      if (frames.dataset.asked) { still.classList.toggle("leafing", Boolean(frames.style.backgroundImage)); return; }
      frames.dataset.asked = "yes";
      const strip = new Image();
      strip.onload = () => {
        frames.style.backgroundImage = `url("${strip.src}")`;
        still.classList.toggle("leafing", play.matches(":hover"));
      };
      strip.src = `api/v1/stills/${card.id}/strip`;
    };
    play.onpointermove = (event) => {
      const box = play.getBoundingClientRect();
      show(Math.max(0, Math.min(FRAMES - 1, Math.floor((FRAMES * (event.clientX - box.left)) / box.width))));
    };
    play.onpointerleave = () => still.classList.remove("leafing");
  };

  const make = (card) => {
    const hit = document.createElement("li");
    hit.className = "hit";
    hit.dataset.id = card.id;
    hit.innerHTML = card.html;
    const play = document.createElement("button");
    play.type = "button";
    play.className = "play";
    play.setAttribute("aria-label", `Play ${card.name}`);
    play.append(Object.assign(document.createElement("span"), { textContent: "▶ Play" }));
    const acts = document.createElement("div");
    acts.className = "acts";
    const open = part("a", "open", "open_in_new", "In title");
    open.href = card.address;
    open.title = "Open in its title (o)";
    open.setAttribute("aria-label", "Open in its title");
    for (const [name, symbol, label, meaning] of OPEN) {
      const button = part("button", name, symbol, label);
      button.title = meaning;
      button.setAttribute("aria-label", meaning.replace(/ \(.\)$/, ""));
      acts.append(button);
    }
    acts.append(open, ...menu());
    hit.append(play, acts);
    leaf(hit, card);
    return hit;
  };

  const drawn = JSON.stringify(data.cards.map(({ id, html }) => [id, html]));
  if (list.dataset.drawn !== drawn) {
    list.dataset.drawn = drawn;
    list.replaceChildren(...data.cards.map(make));
  }
  if ((list.dataset.page ?? data.page) !== data.page) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  list.dataset.page = data.page;
  data.cards.forEach((card, i) => press(list.children[i], card.thumb));

  const perform = (hit, what) => {
    if (what !== "up" && what !== "down") return act(hit, what);
    const wanted = what === "up" ? 1 : 0;
    const value = hit.dataset.thumb === String(wanted) ? null : wanted;
    press(hit, value);
    act(hit, "thumb", value);
  };
  list.onclick = (event) => {
    const hit = event.target.closest(".hit");
    const target = event.target.closest(".play, [data-act]");
    if (!hit || !target) return;
    const what = target.dataset.act ?? "play";
    target.closest(".menu")?.hidePopover();
    if (what === "open") {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a window of its own
      event.preventDefault();
      act(hit, "open");
    } else {
      perform(hit, what);
    }
  };

  const move = (hit, key) => {
    const hits = [...list.children];
    const at = hits.indexOf(hit);
    const columns = Math.max(1, hits.filter((each) => each.offsetTop === hits[0].offsetTop).length);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns }[key];
    hits[Math.max(0, Math.min(hits.length - 1, to))]?.querySelector(".play").focus();
  };
  const steer = (hit, key) => {
    if (key.startsWith("Arrow")) move(hit, key);
    else if (KEYS[key]) perform(hit, KEYS[key]);
    else return false;
    return true;
  };
  list.onkeydown = (event) => {
    const hit = event.target.closest(".hit");
    if (event.target.closest(".menu")) return;
    if (!hit || event.ctrlKey || event.metaKey || event.altKey || !steer(hit, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const typed = (event) => {
    const writing = event.target.closest?.("input, textarea, select, [contenteditable], [role=dialog], dialog[open]");
    if (writing || event.ctrlKey || event.metaKey || event.altKey) return;
    const lost = isIdle(event.target);
    if (lost) restore();
    const hit = lost && list.contains(document.activeElement) && document.activeElement.closest(".hit");
    const first = document.querySelector(".hits") === list; // of those on a page, it has the keys
    const steered = hit && steer(hit, event.key);
    if (hit && event.key === "Enter") document.activeElement.click();
    else if (first && event.key === "/") document.querySelector(".st-key-searchbox input")?.focus();
    else if (first && event.key === "?") keys.showModal();
    else if (first && event.key === "ArrowDown" && isIdle(document.activeElement)) list.querySelector(".play")?.focus();
    else if (!steered) return;
    event.preventDefault();
  };
  list.forget?.(); // what was drawn before listens no more
  const heard = { keydown: typed, focusin: focused, focusout: blurred, pointerdown: pointed };
  for (const [name, hear] of Object.entries(heard)) document.addEventListener(name, hear);
  list.forget = () => {
    for (const [name, hear] of Object.entries(heard)) document.removeEventListener(name, hear);
  };
  restore();
  return list.forget;
}
