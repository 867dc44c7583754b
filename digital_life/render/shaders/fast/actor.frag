#version 330 core

uniform sampler2D colours;
uniform float cutoff;
uniform float opacity;
uniform int shading;
uniform vec3 key_half;  // between the direction to the key light and the one to the camera

in vec3 diffuse;
in vec3 gloss;
in vec3 turned;
in vec2 uv;

out vec4 frag_color;

const int EYE = 2;

void main()
{
    vec4 texel = texture(colours, uv);
    if (texel.a < cutoff)
        discard;
    vec3 colour = diffuse * texel.rgb * texel.rgb + gloss;
    if (shading == EYE)
        colour += smoothstep(0.966, 0.980, dot(normalize(turned), key_half));
    vec3 film = (colour * (2.51 * colour + 0.03)) / (colour * (2.43 * colour + 0.59) + 0.14);
    frag_color = vec4(sqrt(clamp(film, 0.0, 1.0)), texel.a * opacity);
}
