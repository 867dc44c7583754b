#version 330 core

uniform float strength;

in vec2 at;
out vec4 frag_color;

void main()
{
    float inside = max(1.0 - dot(at, at), 0.0);
    frag_color = vec4(0.0, 0.0, 0.0, strength * inside * inside);
}
