#version 330 core

// The same studio light as the room's, computed for every vertex: the meshes are fine, and a processor without a GPU
// draws them in two thirds of the time. What faces away from the camera is lit as its other side. The metallic factor
// says what a surface is made of: see meshes.SHADINGS.

struct DirectionalLight {
    vec3 color;
    float intensity;
    vec3 direction;
};

struct Material {
    vec3 emissive_factor;
    vec4 base_color_factor;
    float metallic_factor;
    float roughness_factor;
#ifdef HAS_BASE_COLOR_TEX
    sampler2D base_color_texture;
#endif
};

layout(location = 0) in vec3 position;
layout(location = NORMAL_LOC) in vec3 normal;
#ifdef TEXCOORD_0_LOC
layout(location = TEXCOORD_0_LOC) in vec2 texcoord_0;
#endif

uniform Material material;
uniform DirectionalLight directional_lights[MAX_DIRECTIONAL_LIGHTS];
uniform int n_directional_lights;
uniform vec3 cam_pos;
uniform vec3 ambient_light;
uniform mat4 M;
uniform mat4 V;
uniform mat4 P;

out vec3 diffuse;
out vec3 gloss;
out float mirror;  // how nearly the key light is mirrored into the camera
#ifdef HAS_BASE_COLOR_TEX
out vec2 uv;
#endif

const int SKIN = 1, CLOTH = 4;
const vec3 WRAP = vec3(0.25), SKIN_WRAP = vec3(0.50, 0.27, 0.20);
const float EDGE = -0.2;
const vec3 FROM_BELOW = vec3(0.62, 0.56, 0.5);

void main()
{
    vec4 world = M * vec4(position, 1.0);
    vec3 turned = mat3(M) * normal;
    gl_Position = P * V * world;
#ifdef HAS_BASE_COLOR_TEX
    uv = texcoord_0;
#endif
    vec3 v = normalize(cam_pos - world.xyz);
    vec3 n = dot(turned, v) < EDGE ? -turned : turned;
    int kind = int(material.metallic_factor * 10.0 + 0.5);
    vec3 wrap = kind == SKIN ? SKIN_WRAP : WRAP;
    vec3 full = (1.0 + wrap) * (kind == SKIN ? 1.0 + 0.5 * wrap : vec3(1.0));
    float smoothness = 1.0 - material.roughness_factor;
    float shine = 0.03 + 0.3 * smoothness * smoothness;
    vec3 light = ambient_light * mix(FROM_BELOW, vec3(1.0), 0.5 + 0.5 * n.y);
    float grazing = 1.0 - max(dot(n, v), 0.0);
    float rim = grazing * grazing * grazing;
    gloss = (kind == CLOTH ? vec3(0.10 * rim) : vec3(0.06 * rim)) * ambient_light;
    mirror = 0.0;
    float key = 0.0;
    for (int i = 0; i < n_directional_lights; i++) {
        vec3 l = -normalize(directional_lights[i].direction);
        vec3 colour = directional_lights[i].color * directional_lights[i].intensity;
        float facing = dot(n, l);
        float mirrored = max(dot(n, normalize(l + v)), 0.0);
        if (directional_lights[i].intensity > key) {
            key = directional_lights[i].intensity;
            mirror = mirrored;
        }
        mirrored *= mirrored;
        mirrored *= mirrored;
        mirrored *= mirrored;
        light += colour * max((facing + wrap) / full, 0.0);
        gloss += colour * shine * mirrored * mirrored * step(0.0, facing);
    }
    diffuse = light * material.base_color_factor.rgb;
}
