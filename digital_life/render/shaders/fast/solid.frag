#version 330 core

in vec3 shade;
out vec4 frag_color;

void main()
{
    vec3 film = (shade * (2.51 * shade + 0.03)) / (shade * (2.43 * shade + 0.59) + 0.14);
    frag_color = vec4(sqrt(clamp(film, 0.0, 1.0)), 1.0);
}
