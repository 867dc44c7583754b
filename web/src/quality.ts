/** How much the picture may cost: a machine that draws with its processor gets a plainer one. */
export interface Quality {
  resolution: number;
  antialias: boolean;
  shadowSize: number;
  /** Light from all sides by an environment map; without it a brighter sky light stands in. */
  environment: boolean;
}

export function chooseQuality(): Quality {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl)
    throw new Error(
      "This browser shows no WebGL 2. Switch on hardware acceleration, or use a current Firefox or Chromium.",
    );
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const renderer = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  const wanted = new URLSearchParams(location.search).get("quality");
  if (wanted !== "high" && (wanted === "low" || /swiftshader|llvmpipe|software/i.test(renderer)))
    return { resolution: 0.75, antialias: false, shadowSize: 1024, environment: false };
  return { resolution: Math.min(window.devicePixelRatio, 2), antialias: true, shadowSize: 2048, environment: true };
}
