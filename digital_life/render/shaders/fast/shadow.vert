#version 330 core

// A soft dark spot on the floor, in place of a shadow.

in vec2 corner;

uniform vec3 spot;  // x, z and radius, metres
uniform mat4 view_projection;

out vec2 at;

void main()
{
    at = corner;
    gl_Position = view_projection * vec4(spot.x + corner.x * spot.z, 0.015, spot.y + corner.y * spot.z, 1.0);
}
