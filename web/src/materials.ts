import * as THREE from "three";

export function matte(colour: THREE.ColorRepresentation, roughness = 0.85): THREE.MeshStandardMaterial {
  return new THREE.MeshStandardMaterial({ color: colour, roughness });
}

/** `colour` made lighter (amount > 0) or darker (amount < 0). */
export function shade(colour: THREE.ColorRepresentation, amount: number): THREE.Color {
  return new THREE.Color(colour).offsetHSL(0, 0, amount);
}

/** A repeatable stream of numbers in 0..1 (mulberry32), so that a room looks the same every time. */
export function randomStream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function canvasTexture(
  width: number,
  height: number,
  draw: (context: CanvasRenderingContext2D) => void,
): THREE.CanvasTexture {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser gives no 2D canvas.");
  draw(context);
  const texture = new THREE.CanvasTexture(canvas);
  texture.colorSpace = THREE.SRGBColorSpace;
  texture.anisotropy = 8;
  return texture;
}

/** Planks that repeat every 1.6 m by 1.6 m. */
export function woodTexture(colour: string): THREE.CanvasTexture {
  const random = randomStream(11);
  const size = 1024;
  const rows = 10;
  const texture = canvasTexture(size, size, (context) => {
    const high = size / rows;
    for (let row = 0; row < rows; row++) {
      const cut = random() * size;
      for (const [from, width] of [
        [cut - size, size],
        [cut, size],
      ] as const) {
        const tone = shade(colour, (random() - 0.5) * 0.06);
        context.fillStyle = `#${tone.getHexString()}`;
        context.fillRect(from, row * high, width, high);
        for (let line = 0; line < 14; line++) {
          context.strokeStyle = `rgba(40,22,8,${0.02 + random() * 0.05})`;
          context.lineWidth = 0.5 + random() * 1.5;
          const y = row * high + random() * high;
          context.beginPath();
          context.moveTo(from, y);
          context.bezierCurveTo(
            from + width / 3,
            y + random() * 8 - 4,
            from + width / 1.5,
            y + random() * 8 - 4,
            from + width,
            y,
          );
          context.stroke();
        }
        context.fillStyle = "rgba(25,14,6,0.35)";
        context.fillRect(from, row * high, 2, high);
      }
      context.fillStyle = "rgba(25,14,6,0.35)";
      context.fillRect(0, row * high, size, 2);
    }
  });
  texture.wrapS = texture.wrapT = THREE.RepeatWrapping;
  return texture;
}

/** A woven rug with a border. */
export function rugTexture(colour: string): THREE.CanvasTexture {
  const random = randomStream(5);
  return canvasTexture(512, 384, (context) => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 512, 384);
    for (const [inset, width, amount] of [
      [16, 8, 0.18],
      [34, 3, 0.12],
      [46, 2, -0.1],
    ] as const) {
      context.strokeStyle = `#${shade(colour, amount).getHexString()}`;
      context.lineWidth = width;
      context.strokeRect(inset, inset, 512 - 2 * inset, 384 - 2 * inset);
    }
    for (let i = 0; i < 9000; i++) {
      context.fillStyle = random() < 0.5 ? "rgba(255,255,255,0.035)" : "rgba(0,0,0,0.045)";
      context.fillRect(random() * 512, random() * 384, 3, 1);
    }
  });
}

/** What is seen through a window: sky over soft hills. */
export function skyTexture(): THREE.CanvasTexture {
  return canvasTexture(256, 256, (context) => {
    const sky = context.createLinearGradient(0, 0, 0, 256);
    sky.addColorStop(0, "#a9cdec");
    sky.addColorStop(0.7, "#e9f1f5");
    context.fillStyle = sky;
    context.fillRect(0, 0, 256, 256);
    for (const [base, height, colour] of [
      [200, 18, "#b9cdbd"],
      [222, 14, "#93ae93"],
    ] as const) {
      context.fillStyle = colour;
      context.beginPath();
      context.moveTo(0, 256);
      for (let x = 0; x <= 256; x += 8) context.lineTo(x, base - height * Math.sin(x / 41 + base));
      context.lineTo(256, 256);
      context.fill();
    }
  });
}
