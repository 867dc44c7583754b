#version 330 core

// Soft studio light: a hemisphere of ambient light, wrapped diffuse light, a modest highlight, and a filmic curve
// (Narkowicz 2015). Gamma is taken as 2 and powers are products, because this runs on processors without a GPU.

struct DirectionalLight {
    vec3 color;
    float intensity;
    vec3 direction;
#ifdef DIRECTIONAL_LIGHT_SHADOWS
    sampler2D shadow_map;
    mat4 light_matrix;
#endif
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

uniform Material material;
uniform DirectionalLight directional_lights[MAX_DIRECTIONAL_LIGHTS];
uniform int n_directional_lights;
uniform vec3 cam_pos;
uniform vec3 ambient_light;

in vec3 world_position;
in vec3 world_normal;
in vec2 uv;

out vec4 frag_color;

const float WRAP = 0.25;
const vec3 FROM_BELOW = vec3(0.62, 0.56, 0.5);

#ifdef DIRECTIONAL_LIGHT_SHADOWS
float lit(mat4 light_matrix, sampler2D shadow_map, float facing)
{
    vec3 at = (light_matrix * vec4(world_position, 1.0)).xyz * 0.5 + 0.5;
    vec2 texel = 1.0 / vec2(textureSize(shadow_map, 0));
    float depth = at.z - mix(0.0012, 0.0003, facing);
    float sum = 0.0;
    for (int x = -3; x <= 3; x++)
        for (int y = -3; y <= 3; y++)
            sum += depth > texture(shadow_map, at.xy + 1.3 * vec2(x, y) * texel).r ? 0.0 : 1.0;
    return sum / 49.0;
}
#endif

void main()
{
    vec4 base = material.base_color_factor;
#ifdef HAS_BASE_COLOR_TEX
    vec4 texel = texture(material.base_color_texture, uv);
    if (texel.a < 0.5)
        discard;
    base.rgb *= texel.rgb * texel.rgb;
#endif
    vec3 n = normalize(world_normal);
    vec3 v = normalize(cam_pos - world_position);
    if (!gl_FrontFacing)
        n = -n;

    vec3 colour = base.rgb * ambient_light * mix(FROM_BELOW, vec3(1.0), 0.5 + 0.5 * n.y);
    float smoothness = 1.0 - material.roughness_factor;
    float gloss = 0.03 + 0.3 * smoothness * smoothness;
    float key = 0.0;  // the strongest light casts shadows; pyrender gives lights in any order
    for (int i = 0; i < n_directional_lights; i++)
        key = max(key, directional_lights[i].intensity);
    for (int i = 0; i < n_directional_lights; i++) {
        vec3 l = -normalize(directional_lights[i].direction);
        vec3 light = directional_lights[i].color * directional_lights[i].intensity;
        float facing = dot(n, l);
        float diffuse = max((facing + WRAP) / (1.0 + WRAP), 0.0);
        float mirrored = max(dot(n, normalize(l + v)), 0.0);
        mirrored *= mirrored;
        mirrored *= mirrored;
        mirrored *= mirrored;
        float highlight = gloss * mirrored * mirrored * step(0.0, facing);
#ifdef DIRECTIONAL_LIGHT_SHADOWS
        if (directional_lights[i].intensity == key)
            light *= mix(0.12, 1.0, lit(directional_lights[i].light_matrix, directional_lights[i].shadow_map, facing));
#endif
        colour += light * (base.rgb * diffuse + vec3(highlight));
    }
    float grazing = 1.0 - max(dot(n, v), 0.0);
    colour += 0.06 * grazing * grazing * grazing * ambient_light;
    colour += material.emissive_factor;
    vec3 film = (colour * (2.51 * colour + 0.03)) / (colour * (2.43 * colour + 0.59) + 0.14);
    frag_color = vec4(sqrt(clamp(film, 0.0, 1.0)), base.a);
}
