#version 330 core

// Skins and lights every vertex: the meshes are fine, and a processor without a GPU has fewer vertices than pixels.

in vec3 position;
in vec3 normal;
in vec2 texcoord;
in uvec4 joints;
in vec4 weights;

uniform vec4 bones[165];  // three rows of a matrix for each of the 55 joints
uniform mat4 view_projection;
uniform vec3 eye;
uniform vec3 key_direction;
uniform vec3 fill_direction;
uniform vec3 tint;
uniform float roughness;
uniform int shading;  // as in the order of body.character.Shading

out vec3 diffuse;
out vec3 gloss;
out vec3 turned;
out vec2 uv;

const int SKIN = 1, CLOTH = 4;
const vec3 KEY = vec3(0.85, 0.816, 0.765), FILL = vec3(0.24, 0.26, 0.28);
const vec3 AMBIENT = vec3(0.42), FROM_BELOW = vec3(0.62, 0.56, 0.5);

void main()
{
    vec4 x = vec4(0.0), y = vec4(0.0), z = vec4(0.0);
    for (int i = 0; i < 4; i++) {
        int row = 3 * int(joints[i]);
        x += weights[i] * bones[row];
        y += weights[i] * bones[row + 1];
        z += weights[i] * bones[row + 2];
    }
    vec4 rest = vec4(position, 1.0);
    vec3 world = vec3(dot(x, rest), dot(y, rest), dot(z, rest));
    vec3 n = normalize(vec3(dot(x.xyz, normal), dot(y.xyz, normal), dot(z.xyz, normal)));
    gl_Position = view_projection * vec4(world, 1.0);
    uv = texcoord;
    vec3 v = normalize(eye - world);
    if (dot(n, v) < -0.2)
        n = -n;
    vec3 wrap = shading == SKIN ? vec3(0.50, 0.27, 0.20) : vec3(0.25);
    vec3 full = (1.0 + wrap) * (shading == SKIN ? 1.0 + 0.5 * wrap : vec3(1.0));
    float smoothness = 1.0 - roughness, grazing = 1.0 - max(dot(n, v), 0.0);
    vec3 light = AMBIENT * mix(FROM_BELOW, vec3(1.0), 0.5 + 0.5 * n.y);
    light += KEY * max((dot(n, key_direction) + wrap) / full, 0.0);
    light += FILL * max((dot(n, fill_direction) + wrap) / full, 0.0);
    float mirrored = max(dot(n, normalize(key_direction + v)), 0.0);
    mirrored *= mirrored;
    mirrored *= mirrored;
    mirrored *= mirrored;
    diffuse = light * tint;
    gloss = KEY * (0.03 + 0.3 * smoothness * smoothness) * mirrored * mirrored * step(0.0, dot(n, key_direction));
    gloss += (shading == CLOTH ? 0.09 : 0.05) * grazing * grazing * grazing;
    turned = n;
}
