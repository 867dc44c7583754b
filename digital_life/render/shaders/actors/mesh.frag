#version 330 core

// Texture times the light of the vertices, through the filmic curve of the room's shader.
// Alpha is the material's: it tells parts apart when edges are smoothed.

struct Material {
    vec3 emissive_factor;
    vec4 base_color_factor;
    float metallic_factor;
    float roughness_factor;
#ifdef HAS_BASE_COLOR_TEX
    sampler2D base_color_texture;
#endif
};

uniform Material material;

in vec3 diffuse;
in vec3 gloss;
in float mirror;
#ifdef HAS_BASE_COLOR_TEX
in vec2 uv;
#endif

out vec4 frag_color;

void main()
{
#ifdef HAS_BASE_COLOR_TEX
    vec4 texel = texture(material.base_color_texture, uv);
    if (texel.a < 0.5)
        discard;
    vec3 colour = diffuse * texel.rgb * texel.rgb + gloss;
#else
    vec3 colour = diffuse + gloss;
#endif
    if (material.metallic_factor > 0.15 && material.metallic_factor < 0.25)  // eyes are wet
        colour += smoothstep(0.966, 0.980, mirror);
    vec3 film = (colour * (2.51 * colour + 0.03)) / (colour * (2.43 * colour + 0.59) + 0.14);
    frag_color = vec4(sqrt(clamp(film, 0.0, 1.0)), material.base_color_factor.a);
}
