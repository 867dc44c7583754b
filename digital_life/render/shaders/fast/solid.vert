#version 330 core

in vec3 position;
in vec3 normal;
in vec3 colour;
in vec3 glow;

uniform mat4 place;
uniform mat4 view_projection;
uniform vec3 eye;
uniform vec3 key_direction;
uniform vec3 fill_direction;

out vec3 shade;

const vec3 KEY = vec3(0.85, 0.816, 0.765), FILL = vec3(0.24, 0.26, 0.28);
const vec3 AMBIENT = vec3(0.42), FROM_BELOW = vec3(0.62, 0.56, 0.5);

void main()
{
    vec3 n = mat3(place) * normal;
    vec4 world = place * vec4(position, 1.0);
    gl_Position = view_projection * world;
    if (dot(n, eye - world.xyz) < 0.0)
        n = -n;
    vec3 light = AMBIENT * mix(FROM_BELOW, vec3(1.0), 0.5 + 0.5 * n.y);
    light += KEY * max((dot(n, key_direction) + 0.25) / 1.25, 0.0) + FILL * max((dot(n, fill_direction) + 0.25) / 1.25, 0.0);
    shade = colour * light + glow;
}
