import * as THREE from "three";

/** How a surface is drawn, as the character's file says in `material.extras.shading`. */
type Shading = "plain" | "skin" | "eye" | "hair" | "cloth";

const DIRECT_LIGHT = "vec3 irradiance = dotNL * directLight.color;";

/** Light reaches around the edge of the shadow under the skin, red the farthest. */
const SKIN_LIGHT = `vec3 around = vec3( 0.50, 0.27, 0.20 );
	vec3 soft = ( dot( geometryNormal, directLight.direction ) + around ) / ( ( 1.0 + around ) * ( 1.0 + 0.5 * around ) );
	vec3 irradiance = max( soft, vec3( 0.0 ) ) * directLight.color;`;

/** The fuzz of cloth catches light at grazing angles. */
const CLOTH_RIM = `float grazing = 1.0 - saturate( dot( normal, normalize( vViewPosition ) ) );
	outgoingLight += diffuseColor.rgb * ( reflectedLight.indirectDiffuse + 0.2 ) * 0.5 * grazing * grazing * grazing;
	#include <opaque_fragment>`;

/** Let the materials of a character's mesh look as the offline renderer draws them. */
export function finishSurface(mesh: THREE.Mesh): void {
  for (const material of Array.isArray(mesh.material) ? mesh.material : [mesh.material]) {
    if (!(material instanceof THREE.MeshStandardMaterial)) continue;
    if (material.alphaTest > 0) material.alphaToCoverage = true; // soft edges of hair where there are several samples
    const shading = material.userData["shading"] as Shading | undefined;
    if (shading === "eye") material.roughness = 0.12;
    if (shading === "hair") material.roughness = Math.min(material.roughness, 0.55);
    if (shading === "skin") patch(material, shading, softSkin);
    if (shading === "cloth") patch(material, shading, fuzzyCloth);
  }
}

function softSkin(source: string): string {
  const name = "lights_physical_pars_fragment";
  return exchange(source, `#include <${name}>`, exchange(THREE.ShaderChunk[name], DIRECT_LIGHT, SKIN_LIGHT));
}

function fuzzyCloth(source: string): string {
  return exchange(source, "#include <opaque_fragment>", CLOTH_RIM);
}

function exchange(source: string, old: string, replacement: string): string {
  if (!source.includes(old)) throw new Error(`The shaders of three.js have changed: there is no "${old}" in them.`);
  return source.replace(old, replacement);
}

function patch(material: THREE.MeshStandardMaterial, key: Shading, change: (source: string) => string): void {
  material.onBeforeCompile = (shader) => {
    shader.fragmentShader = change(shader.fragmentShader);
  };
  material.customProgramCacheKey = () => key;
}
