// Why a film does not play, as the server says it, or because of the browser.

const reasonOf = async (src) => {
  try {
    // A redirect leads to an object store, which need not answer scripts of this page.
    const answer = await fetch(src, { headers: { Range: "bytes=0-0" }, redirect: "manual" });
    if (!answer.ok && answer.type !== "opaqueredirect") return (await answer.json()).detail;
  } catch {
    return "The server does not answer. Start it again with `reelfind serve`.";
  }
  return "This browser cannot play the film's format. Open the file at this timecode instead.";
};
