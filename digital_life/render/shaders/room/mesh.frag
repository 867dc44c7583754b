#version 330 core

// Soft studio light: a hemisphere of ambient light, wrapped diffuse light, highlights, and a filmic curve (Narkowicz
// 2015). Gamma is taken as 2 and powers are products where they can be, for this runs on processors without a GPU.
// The metallic factor, which none of our materials uses, says what a surface is made of: see meshes.SHADINGS.

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
#ifdef HAS_NORMAL_TEX
    sampler2D normal_texture;
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

const int PLAIN = 0, SKIN = 1, EYE = 2, HAIR = 3, CLOTH = 4;
const float WRAP = 0.25;
const vec3 SKIN_WRAP = vec3(0.50, 0.27, 0.20);  // red light travels farther under the skin
const vec3 FROM_BELOW = vec3(0.62, 0.56, 0.5);

#ifdef DIRECTIONAL_LIGHT_SHADOWS
float seen(sampler2D shadow_map, vec2 at, float depth)
{
    return depth > texture(shadow_map, at).r ? 0.0 : 1.0;
}

float lit(mat4 light_matrix, sampler2D shadow_map, float facing, int kind)
{
    vec3 at = (light_matrix * vec4(world_position, 1.0)).xyz * 0.5 + 0.5;
    vec2 texel = 1.0 / vec2(textureSize(shadow_map, 0));
    float sum = 0.0;
    if (kind == PLAIN) {
        float depth = at.z - mix(0.0012, 0.0003, facing);
        for (int x = -3; x <= 3; x++)
            for (int y = -3; y <= 3; y++)
                sum += seen(shadow_map, at.xy + 1.3 * vec2(x, y) * texel, depth);
        return sum / 49.0;
    }
    // a spiral of samples, turned from pixel to pixel (interleaved gradient noise, Jimenez 2014)
    float turn = 6.2832 * fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
    float depth = at.z - mix(0.0035, 0.0012, max(facing, 0.0));
    for (int i = 0; i < 16; i++) {
        float angle = turn + 2.39996 * float(i);
        vec2 offset = 5.0 * sqrt((float(i) + 0.5) / 16.0) * vec2(cos(angle), sin(angle));
        sum += seen(shadow_map, at.xy + offset * texel, depth);
    }
    return sum / 16.0;
}
#endif

// Directions on the surface along which u and v grow, from how they change between pixels (Mikkelsen 2010).
void surface_axes(vec3 n, out vec3 along_u, out vec3 along_v)
{
    vec3 dx = dFdx(world_position), dy = dFdy(world_position);
    vec2 du = dFdx(uv), dv = dFdy(uv);
    vec3 across_x = cross(n, dx), across_y = cross(dy, n);
    along_u = across_y * du.x + across_x * dv.x;
    along_v = across_y * du.y + across_x * dv.y;
}

vec3 surface_normal(vec3 n)
{
#ifdef HAS_NORMAL_TEX
    vec3 bump = texture(material.normal_texture, uv).xyz * 2.0 - 1.0;
    vec3 along_u, along_v;
    surface_axes(n, along_u, along_v);
    float longest = max(dot(along_u, along_u), dot(along_v, along_v));
    if (longest > 0.0)
        n = normalize((along_u * bump.x - along_v * bump.y) * inversesqrt(longest) + n * bump.z);
#endif
    return n;
}

vec3 diffuse_light(vec3 n, vec3 l, int kind)
{
    float facing = dot(n, l);
    if (kind == SKIN)
        return max((facing + SKIN_WRAP) / ((1.0 + SKIN_WRAP) * (1.0 + 0.5 * SKIN_WRAP)), 0.0);
    float wrap = kind == HAIR ? 0.45 : kind == CLOTH ? 0.35 : WRAP;
    return vec3(max((facing + wrap) / (1.0 + wrap), 0.0));
}

float lobe(vec3 n, vec3 h, float sharpness)
{
    return (sharpness + 8.0) / 25.0 * pow(max(dot(n, h), 0.0), sharpness);
}

// Along strands: light is thrown into a cone around them (Kajiya and Kay 1989), twice, the second time coloured.
vec3 strand_gloss(vec3 along, vec3 n, vec3 h, vec3 colour)
{
    vec3 first = normalize(along + 0.10 * n), second = normalize(along - 0.12 * n);
    float a = dot(first, h), b = dot(second, h);
    return 0.09 * pow(1.0 - a * a, 60.0) + 0.55 * colour * pow(1.0 - b * b, 18.0);
}

void main()
{
    int kind = int(material.metallic_factor * 10.0 + 0.5);
    vec4 base = material.base_color_factor;
    float alpha = base.a;
#ifdef HAS_BASE_COLOR_TEX
    vec4 texel = texture(material.base_color_texture, uv);
    if (kind == HAIR)
        alpha = clamp((texel.a - 0.5) / max(fwidth(texel.a), 0.0001) + 0.5, 0.0, 1.0);
    else
        alpha *= texel.a;
    if (alpha < 0.02)
        discard;
    base.rgb *= texel.rgb * texel.rgb;
#endif
    vec3 v = normalize(cam_pos - world_position);
    vec3 smooth_normal = normalize(world_normal);
    // locks turn about, but are lit as the head of hair that they belong to: only its inner side faces away
    if (kind == HAIR ? dot(smooth_normal, v) < -0.25 : !gl_FrontFacing)
        smooth_normal = -smooth_normal;
    vec3 n = surface_normal(smooth_normal);
    vec3 along_u, along = smooth_normal;
    if (kind == HAIR)
        surface_axes(smooth_normal, along_u, along);
    float roughness = material.roughness_factor, smoothness = 1.0 - roughness;
    float gloss = 0.03 + 0.3 * smoothness * smoothness;
    float grazing = 1.0 - max(dot(n, v), 0.0);
    float rim = grazing * grazing * grazing;

    vec3 ambient = ambient_light * mix(FROM_BELOW, vec3(1.0), 0.5 + 0.5 * n.y);
    if (kind == EYE)
        ambient *= 0.62 + 0.38 * smoothstep(0.75, 0.15, abs(n.y - 0.1));  // the lids take light away
    vec3 colour = base.rgb * ambient;
    float key = 0.0;  // the strongest light casts shadows; pyrender gives lights in any order
    for (int i = 0; i < n_directional_lights; i++)
        key = max(key, directional_lights[i].intensity);
    for (int i = 0; i < n_directional_lights; i++) {
        vec3 l = -normalize(directional_lights[i].direction);
        vec3 light = directional_lights[i].color * directional_lights[i].intensity;
        vec3 h = normalize(l + v);
        float facing = dot(smooth_normal, l);
#ifdef DIRECTIONAL_LIGHT_SHADOWS
        if (directional_lights[i].intensity == key) {
            float share = lit(directional_lights[i].light_matrix, directional_lights[i].shadow_map, facing, kind);
            // light that enters the skin beside a shadow leaves it inside, red first
            light *= kind == SKIN ? pow(vec3(mix(0.10, 1.0, share)), vec3(0.80, 1.0, 1.06)) : vec3(mix(0.12, 1.0, share));
        }
#endif
        vec3 highlight = vec3(0.0);
        if (kind == SKIN)
            highlight = vec3(0.022 * lobe(n, h, 12.0) + 0.016 * lobe(n, h, 55.0)) * (1.0 + 2.0 * rim);
        else if (kind == EYE)
            highlight = vec3(1.1 * smoothstep(0.966, 0.980, dot(n, h)));
        else if (kind == HAIR)
            highlight = strand_gloss(normalize(along), smooth_normal, h, base.rgb) * smoothstep(-0.2, 0.3, facing);
        else if (kind == CLOTH)
            highlight = vec3(0.012 * smoothness * lobe(n, h, 10.0)) + 0.16 * rim * base.rgb;
        else
            highlight = vec3(gloss * pow(max(dot(n, h), 0.0), 16.0));
        if (kind != HAIR)
            highlight *= step(0.0, facing);
        colour += light * (base.rgb * diffuse_light(n, l, kind) + highlight);
    }
    vec3 fuzz = kind == CLOTH ? mix(vec3(0.03), base.rgb, 0.6) : vec3(kind == SKIN ? 0.05 : 0.06);
    colour += (kind == EYE ? 0.12 : 1.0) * fuzz * rim * ambient_light;
    colour += material.emissive_factor;
    vec3 film = (colour * (2.51 * colour + 0.03)) / (colour * (2.43 * colour + 0.59) + 0.14);
    frag_color = vec4(sqrt(clamp(film, 0.0, 1.0)), alpha);
}
