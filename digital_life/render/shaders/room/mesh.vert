#version 330 core

layout(location = 0) in vec3 position;
layout(location = NORMAL_LOC) in vec3 normal;
#ifdef TEXCOORD_0_LOC
layout(location = TEXCOORD_0_LOC) in vec2 texcoord_0;
#endif
layout(location = INST_M_LOC) in mat4 inst_m;

uniform mat4 M;
uniform mat4 V;
uniform mat4 P;

out vec3 world_position;
out vec3 world_normal;
out vec2 uv;

void main()
{
    vec4 world = M * inst_m * vec4(position, 1.0);
    gl_Position = P * V * world;
    world_position = world.xyz;
    world_normal = mat3(M * inst_m) * normal;
#ifdef TEXCOORD_0_LOC
    uv = texcoord_0;
#else
    uv = vec2(0.0);
#endif
}
