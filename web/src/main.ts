import "./style.css";
import { Chat } from "./chat";
import { element, showMessage } from "./dom";
import { loadScene } from "./loader";
import { Replay } from "./replay";
import { Stage } from "./stage";

async function open(): Promise<void> {
  const scene = await loadScene();
  document.title = `${scene.title} – Digital Life`;
  element("title").textContent = scene.title;
  element("mind").textContent = scene.mind ? `Words by ${scene.mind}` : "";
  if (scene.notice) showMessage(scene.notice, "notice");
  const stage = new Stage(element<HTMLCanvasElement>("canvas"));
  bindCamera(stage);
  await stage.load(scene);
  const player = scene.mode === "chat" ? new Chat(scene, stage) : new Replay(scene, stage);
  const started = player.start();
  element("loading").hidden = true;
  await started;
}

function bindCamera(stage: Stage): void {
  const button = element("camera");
  button.classList.add("on");
  button.onclick = () => stage.director.setAutomatic(!stage.director.isAutomatic);
  stage.director.onChange = (automatic) => button.classList.toggle("on", automatic);
  window.addEventListener("keydown", (event) => {
    if (event.key === "c" && !(event.target instanceof HTMLInputElement)) button.click();
  });
}

open().catch((error: unknown) => {
  element("loading").hidden = true;
  showMessage(error instanceof Error ? error.message : String(error));
});
