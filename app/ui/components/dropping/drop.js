// Sends files one after the other, each as the body of one request that the server writes to
// its disk as it arrives; then tells the page the names of those that arrived whole.

const SIZE = 2 ** 20;

export default function ({ parentElement, data, setTriggerValue }) {
  const find = (selector) => parentElement.querySelector(selector);
  const zone = find("label");
  const input = find("input");
  const list = find(".files");
  const stop = find(".stop");
  const root = find(".drop");
  root.ticket = data.ticket; // drawn again with a new one after each batch
  input.accept = data.accept;
  if (root.dataset.ready) return;
  root.dataset.ready = "yes";

  let request = null;
  let stopped = false;

  const line = (file) => {
    const item = document.createElement("li");
    const words = document.createElement("span");
    const bar = document.createElement("progress");
    bar.max = file.size || 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `Sending ${file.name}`);
    item.append(words, bar);
    list.append(item);
    const say = (text, wrong) => {
      words.textContent = `${file.name}: ${text}`;
      words.className = wrong ? "wrong" : "";
      bar.hidden = wrong || text === "sent";
    };
    say("waiting");
    return { bar, say };
  };

  const send = (file, { bar, say }) => new Promise((resolve) => {
    if (file.size > data.largest) {
      say(`larger than the ${Math.floor(data.largest / SIZE)} MiB that are taken`, true);
      return resolve(false);
    }
    request = new XMLHttpRequest();
    request.open("PUT", `${data.path}/${encodeURIComponent(file.name)}`);
    request.setRequestHeader(data.header, root.ticket);
    request.upload.onprogress = ({ loaded }) => {
      bar.value = loaded;
      say(`${Math.floor(loaded / SIZE)} of ${Math.ceil(file.size / SIZE)} MiB`);
    };
    request.onload = () => {
      const taken = request.status === 201;
      let reason = `not taken (${request.status})`;
      try { reason = JSON.parse(request.responseText).detail; } catch { /* the status has to do */ }
      say(taken ? "sent" : reason, !taken);
      resolve(taken);
    };
    request.onerror = () => { say("the server does not answer; try again", true); resolve(false); };
    request.onabort = () => { say("stopped", true); resolve(false); };
    request.send(file);
  });

  const sendAll = async (files) => {
    if (!files.length || request) return;
    list.replaceChildren();
    stopped = false;
    stop.hidden = false;
    input.disabled = true;
    // Texts first: a film is indexed with what lies beside it.
    const ordered = [...files].sort((a, b) => a.size - b.size).map((file) => [file, line(file)]);
    const sent = [];
    for (const [file, row] of ordered) {
      if (stopped) row.say("not sent", true);
      else if (await send(file, row)) sent.push(file.name);
    }
    request = null;
    stop.hidden = true;
    input.disabled = false;
    input.value = "";
    if (sent.length) setTriggerValue("sent", sent);
  };

  input.onchange = () => sendAll(input.files);
  stop.onclick = () => { stopped = true; request?.abort(); };
  zone.ondragover = (event) => { event.preventDefault(); zone.classList.add("over"); };
  zone.ondragleave = () => zone.classList.remove("over");
  zone.ondrop = (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    sendAll(event.dataTransfer.files);
  };
}
