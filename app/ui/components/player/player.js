// Plays frames [start, end) of a film and nothing around them, unless asked for. Times handed
// to the browser lie in the middle of a frame, so that rounding never shows the neighbour.
//
// It tells the page which frame it shows ("reelfind:frame") and goes where the page asks it to
// ("reelfind:seek"): a timeline or a transcript beside it needs no way through the server.
// Frames in these are the film's own, and `src` says which film is meant.

export default function ({ parentElement, data, setTriggerValue }) {
  const find = (selector) => parentElement.querySelector(selector);
  const video = find("video");
  const span = JSON.stringify([data.src, data.start, data.end]);
  if (video.dataset.span === span) return video.forget;
  video.forget?.(); // another span was played before
  video.dataset.span = span;

  const [over, under] = data.fps.split("/").map(Number);
  const fps = over / (under || 1);
  let { start, end } = data;
  let last = end - start - 1;
  let told = -1;
  const scrub = find(".scrub");
  // A player counts from the start of the file, where the sound may begin before the picture.
  const timeOf = (frame) => (start + frame + 0.5) / fps + data.offset;
  const frameNow = () => Math.floor((video.currentTime - data.offset) * fps) - start;
  const clamp = (frame) => Math.max(0, Math.min(last, frame));

  const tellFrame = () => {
    const frame = start + clamp(frameNow());
    const resting = video.paused && !video.seeking;
    if (frame === told && !resting) return;
    told = frame;
    const detail = { src: data.src, frame, resting };
    document.dispatchEvent(new CustomEvent("reelfind:frame", { detail }));
  };
  const show = () => {
    tellFrame();
    const frame = clamp(frameNow());
    scrub.value = frame;
    scrub.setAttribute("aria-valuetext", `frame ${frame} of ${last}`);
    find(".clock").value = `${(frame / fps).toFixed(2)} of ${((last + 1) / fps).toFixed(2)} s`;
    find(".play").textContent = video.paused ? "Play" : "Pause";
  };
  const seek = (frame) => { video.currentTime = timeOf(clamp(frame)); };
  const step = (by) => { video.pause(); seek(frameNow() + by); };
  const toggle = () => {
    if (!video.paused) return video.pause();
    if (frameNow() >= last || frameNow() < 0) seek(0);
    video.play().catch(show);
  };

  // Half a frame before the last one ends is where it is stopped: a browser looks at the
  // clock once a displayed frame, and must not show the first frame after the span.
  const watch = () => {
    if (!video.isConnected) return;
    if (!video.paused && (video.currentTime >= timeOf(last) || video.ended)) {
      if (find(".loop").checked) {
        seek(0);
      } else {
        video.pause();
        seek(last);
      }
    }
    show();
    if (!video.paused) requestAnimationFrame(watch);
  };

  const tell = async () => {
    let text = "This browser cannot play the film's format; open the file itself at this timecode.";
    try {
      // A redirect leads to an object store, which need not answer scripts of this page.
      const asked = { headers: { Range: "bytes=0-0" }, redirect: "manual" };
      const answer = await fetch(data.src, asked);
      if (!answer.ok && answer.type !== "opaqueredirect") text = (await answer.json()).detail;
    } catch {
      text = "The server does not answer; start it again with `reelfind serve`.";
    }
    find(".message").textContent = text;
    find(".message").hidden = false;
    video.hidden = true;
  };

  const widen = (event) => {
    const now = start + frameNow();
    const around = event.target.checked ? data.around : 0;
    const frames = Math.floor((video.duration - data.offset) * fps) || data.end;
    start = Math.max(0, data.start - around);
    end = Math.max(data.end, Math.min(frames, data.end + around));
    last = end - start - 1;
    scrub.max = last;
    seek(now - start);
    if (event.target.checked) { seek(0); video.play().catch(show); }
  };

  const asked = ({ detail }) => {
    if (detail.src === data.src) seek(detail.frame - start);
  };
  document.addEventListener("reelfind:seek", asked);

  scrub.max = last;
  find(".around").hidden = !data.around;
  find(".around input").onchange = widen;
  scrub.oninput = () => { video.pause(); seek(Number(scrub.value)); };
  find(".play").onclick = toggle;
  video.onclick = toggle;
  find(".back").onclick = () => step(-1);
  find(".next").onclick = () => step(1);
  find(".mute").onchange = (event) => { video.muted = event.target.checked; };
  find(".who").hidden = !data.who;
  find(".who").onclick = () => {
    video.pause();
    setTriggerValue("who", start + clamp(frameNow()));
  };
  find(".full").onclick = () => video.requestFullscreen();
  find(".player").onkeydown = (event) => {
    if (event.target.matches("input, button") && event.key === " ") return;
    const act = { " ": toggle, ArrowLeft: () => step(-1), ArrowRight: () => step(1) }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  video.onplay = watch;
  video.onpause = show;
  video.onseeked = show;
  video.onerror = tell;
  video.onloadedmetadata = () => seek((data.at ?? data.start) - start);
  video.oncanplay = () => {
    video.oncanplay = null;
    if (data.still) return;
    find(".play").focus({ preventScroll: true });
    video.play().catch(show); // refused without a click in some browsers: the button is there
  };
  if (data.poster) video.poster = data.poster;
  video.src = data.src;
  show();

  video.forget = () => {
    document.removeEventListener("reelfind:seek", asked);
    video.onerror = null;
    video.pause();
    video.removeAttribute("src");
    video.load();
  };
  return video.forget;
}
