// Plays frames [start, end) of a film and nothing around them. Times handed to the browser
// lie in the middle of a frame, so that rounding never shows the neighbour.

export default function ({ parentElement, data }) {
  const find = (selector) => parentElement.querySelector(selector);
  const video = find("video");
  if (video.dataset.span === JSON.stringify(data)) return;
  video.dataset.span = JSON.stringify(data);

  const [over, under] = data.fps.split("/").map(Number);
  const fps = over / (under || 1);
  const last = data.end - data.start - 1;
  const scrub = find(".scrub");
  const timeOf = (frame) => (data.start + frame + 0.5) / fps;
  const frameNow = () => Math.floor(video.currentTime * fps) - data.start;
  const clamp = (frame) => Math.max(0, Math.min(last, frame));

  const show = () => {
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
      const answer = await fetch(data.src, { headers: { Range: "bytes=0-0" } });
      if (!answer.ok) text = (await answer.json()).detail;
    } catch {
      text = "The server does not answer; start it again with `reelfind serve`.";
    }
    find(".message").textContent = text;
    find(".message").hidden = false;
    video.hidden = true;
  };

  scrub.max = last;
  scrub.oninput = () => { video.pause(); seek(Number(scrub.value)); };
  find(".play").onclick = toggle;
  video.onclick = toggle;
  find(".back").onclick = () => step(-1);
  find(".next").onclick = () => step(1);
  find(".mute").onchange = (event) => { video.muted = event.target.checked; };
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
  video.onloadedmetadata = () => seek(0);
  video.oncanplay = () => {
    video.oncanplay = null;
    find(".play").focus();
    video.play().catch(show); // refused without a click in some browsers: the button is there
  };
  video.poster = data.poster;
  video.src = data.src;
  show();

  return () => {
    video.pause();
    video.removeAttribute("src");
    video.load();
  };
}
