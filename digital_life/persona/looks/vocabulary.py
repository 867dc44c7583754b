"""Words for how people look, English and Chinese, and what they mean in an ``Appearance``."""

from __future__ import annotations

from typing import Any

CLOTH_COLOURS = {
    "white": "#e8e6e0", "black": "#1d1d20", "grey": "#7f8890", "gray": "#7f8890", "silver": "#a9adb2",
    "red": "#a52a2a", "crimson": "#8f1d2c", "burgundy": "#5d1f2b", "pink": "#d98fa5", "orange": "#c9702b",
    "yellow": "#d9b13b", "mustard": "#b98a2c", "green": "#3f6b4a", "olive": "#6d6b3a", "teal": "#2f6f73",
    "blue": "#33608c", "navy": "#1f2c44", "purple": "#5f4580", "violet": "#6b4f86", "brown": "#5b4331",
    "beige": "#c4b394", "cream": "#e6dcc3", "tan": "#b08d62", "khaki": "#8b7f55", "gold": "#b8923a",
    "白": "#e8e6e0", "黑": "#1d1d20", "灰": "#7f8890", "红": "#a52a2a", "粉": "#d98fa5", "橙": "#c9702b",
    "黄": "#d9b13b", "绿": "#3f6b4a", "蓝": "#33608c", "紫": "#5f4580", "棕": "#5b4331", "褐": "#5b4331",
}  # fmt: skip
HAIR_COLOURS = {
    "white": "#d8d6d1", "silver": "#b9b7b2", "grey": "#8f8c88", "gray": "#8f8c88", "greying": "#6e6a66",
    "black": "#15110f", "dark": "#241a14", "brown": "#4a2f1d", "brunette": "#4a2f1d", "chestnut": "#5a3320",
    "auburn": "#6a2f1c", "red": "#8c3f1f", "ginger": "#a5512a", "blond": "#b78d55", "blonde": "#b78d55",
    "fair": "#b78d55", "golden": "#c29a55", "sandy": "#a07c4c", "blue": "#2f4f8c", "pink": "#c7708f",
    "green": "#3f7d5a", "purple": "#5f4580",
    "白": "#d8d6d1", "银": "#b9b7b2", "灰": "#8f8c88", "黑": "#15110f", "棕": "#4a2f1d", "褐": "#4a2f1d",
    "红": "#8c3f1f", "金": "#b78d55",
}  # fmt: skip
EYE_COLOURS = {
    "blue": "#6f93ad", "green": "#5f7d55", "grey": "#7d8a93", "gray": "#7d8a93", "hazel": "#7a6a3a",
    "amber": "#8c6428", "brown": "#4a2f1b", "dark": "#2b1a10", "black": "#20140d",
    "蓝": "#6f93ad", "绿": "#5f7d55", "灰": "#7d8a93", "棕": "#4a2f1b", "褐": "#4a2f1b", "黑": "#20140d",
}  # fmt: skip
SKIN_COLOURS = {
    "pale": "#dcb49a", "fair": "#d8ab8c", "light": "#d3a585", "olive": "#b98f68", "tanned": "#b07c55",
    "weathered": "#b07c5c", "bronze": "#9c6a45", "brown": "#7d5238", "dark": "#50331f", "black": "#3d2619",
    "ebony": "#3d2619", "freckled": "#d8ab8c", "白": "#dcb49a", "黑": "#50331f", "棕": "#7d5238",
}  # fmt: skip

HAIR_STYLES = {
    "receding": "receding", "shaved": "bald", "buzz": "buzz", "cropped": "buzz", "braided": "braids", "curly": "curly",
    "frizzy": "curly", "afro": "curly", "wavy": "long_wavy", "flowing": "long_wavy", "straight": "long_straight",
    "long": "long_straight", "parted": "side_part", "combed": "side_part", "slicked": "side_part", "bobbed": "bob",
    "short": "short", "thinning": "receding", "长": "long_straight", "短": "short", "卷": "curly", "直": "long_straight",
}  # fmt: skip
"""Words before "hair"; the first of them in this order wins."""
HAIR_NOUNS = {
    "ponytail": "ponytail", "pony tail": "ponytail", "bun": "bun", "chignon": "bun", "braids": "braids",
    "braid": "braids", "plaits": "braids", "pigtails": "braids", "cornrows": "braids", "dreadlocks": "braids",
    "bob": "bob", "curls": "curly", "afro": "curly", "buzz cut": "buzz", "crew cut": "buzz", "waves": "long_wavy",
    "receding hairline": "receding", "bald": "bald", "balding": "receding", "hairless": "bald", "side parting": "side_part",
    "光头": "bald", "秃头": "bald", "秃顶": "receding", "寸头": "buzz", "平头": "buzz", "马尾": "ponytail", "发髻": "bun", "丸子头": "bun",
    "辫": "braids", "波波头": "bob", "卷发": "curly", "长发": "long_straight", "短发": "short", "分头": "side_part",
}  # fmt: skip
FACIAL_HAIR = {
    "stubble": "stubble", "unshaven": "stubble", "moustache": "moustache", "mustache": "moustache", "goatee": "goatee",
    "beard": "full_beard", "bearded": "full_beard", "胡茬": "stubble", "八字胡": "moustache", "小胡子": "moustache",
    "山羊胡": "goatee", "胡子": "full_beard", "胡须": "full_beard", "络腮胡": "full_beard",
}  # fmt: skip
SHORT_BEARDS = ("short", "trimmed", "neat", "cropped", "close", "短")
GLASSES = {
    "sunglasses": "sunglasses", "shades": "sunglasses", "spectacles": "round", "glasses": "square", "墨镜": "sunglasses",
    "太阳镜": "sunglasses", "眼镜": "square",
}  # fmt: skip
HATS = {
    "beanie": "beanie", "woolly hat": "beanie", "knit cap": "beanie", "baseball cap": "cap", "cap": "cap",
    "fedora": "brimmed", "straw hat": "brimmed", "sun hat": "brimmed", "hat": "brimmed", "毛线帽": "beanie",
    "棒球帽": "cap", "鸭舌帽": "cap", "草帽": "brimmed", "帽子": "brimmed",
}  # fmt: skip
TOPS = {
    "t-shirt": "t_shirt", "tee": "t_shirt", "tank top": "tank", "vest": "tank", "shirt": "shirt", "blouse": "shirt",
    "sweater": "sweater", "jumper": "sweater", "pullover": "sweater", "cardigan": "sweater", "hoodie": "hoodie",
    "sweatshirt": "hoodie", "dress": "dress", "gown": "dress", "T恤": "t_shirt", "背心": "tank", "衬衫": "shirt",
    "毛衣": "sweater", "卫衣": "hoodie", "连衣裙": "dress",
}  # fmt: skip
OUTERS = {
    "raincoat": "coat", "overcoat": "coat", "coat": "coat", "parka": "coat", "jacket": "jacket", "blazer": "jacket",
    "suit": "jacket", "大衣": "coat", "风衣": "coat", "外套": "jacket", "夹克": "jacket", "西装": "jacket",
}  # fmt: skip
BOTTOMS = {
    "jeans": "jeans", "denims": "jeans", "shorts": "shorts", "skirt": "skirt", "trousers": "trousers",
    "pants": "trousers", "slacks": "trousers", "牛仔裤": "jeans", "短裤": "shorts", "半身裙": "skirt", "短裙": "skirt",
    "长裙": "skirt", "裤子": "trousers", "长裤": "trousers",
}  # fmt: skip
SHOES = {
    "boots": "boots", "wellingtons": "boots", "sneakers": "sneakers", "trainers": "sneakers", "shoes": "shoes",
    "loafers": "shoes", "靴子": "boots", "球鞋": "sneakers", "运动鞋": "sneakers", "皮鞋": "shoes",
}  # fmt: skip
PATTERNS = {
    "striped": "stripes", "stripes": "stripes", "pinstriped": "pinstripes", "pinstripe": "pinstripes",
    "checked": "checks", "checkered": "checks", "plaid": "checks", "tartan": "checks", "flannel": "checks",
    "dotted": "dots", "polka": "dots", "spotted": "dots", "floral": "flowers", "flowered": "flowers",
    "flowery": "flowers", "条纹": "stripes", "格子": "checks", "圆点": "dots", "波点": "dots", "碎花": "flowers",
}  # fmt: skip

AGES = {
    "toddler": 4, "little girl": 7, "little boy": 7, "child": 8, "kid": 8, "schoolgirl": 9, "schoolboy": 9,
    "teenager": 15, "teenage": 15, "teen": 15, "adolescent": 15, "middle-aged": 48, "middle aged": 48, "elderly": 76,
    "ancient": 88, "aged": 76, "grandmother": 70, "grandma": 72, "granny": 74, "grandfather": 70, "grandpa": 72,
    "pensioner": 70, "retired": 68, "student": 21, "youth": 19, "young": 24, "old": 72, "girl": 12, "boy": 12,
    "幼儿": 4, "小孩": 8, "孩子": 8, "小女孩": 7, "小男孩": 7, "女孩": 14, "男孩": 14, "少年": 15, "少女": 15, "年轻": 24, "青年": 24,
    "中年": 48, "老奶奶": 74, "老爷爷": 74, "老太太": 74, "老头": 72, "老人": 74, "老": 70,
}  # fmt: skip
"""The first of these in this order decides; "old" after a number is not among them."""
DECADES = {
    "twenties": 25, "thirties": 35, "forties": 45, "fifties": 55, "sixties": 65, "seventies": 75, "eighties": 84,
}  # fmt: skip
FEMININE = (
    "she", "her", "woman", "girl", "lady", "female", "mother", "grandmother", "grandma", "granny", "wife", "sister",
    "aunt", "daughter", "schoolgirl", "queen", "waitress", "actress", "nun", "witch",
)  # fmt: skip
MASCULINE = (
    "he", "his", "him", "man", "boy", "gentleman", "male", "father", "grandfather", "grandpa", "husband", "brother",
    "uncle", "son", "schoolboy", "king", "waiter", "monk", "guy", "fisherman", "bearded",
)  # fmt: skip
FEMININE_SIGNS, MASCULINE_SIGNS = "女她妈奶姨姐妹妻娘", "男他爸爷叔哥弟丈汉夫"

BUILDS = {
    "skinny": 0.08, "thin": 0.12, "slim": 0.2, "slender": 0.2, "lean": 0.2, "lanky": 0.15, "wiry": 0.2, "petite": 0.2,
    "stocky": 0.72, "chubby": 0.78, "plump": 0.78, "stout": 0.8, "heavy": 0.85, "fat": 0.95, "obese": 1.0,
    "overweight": 0.85, "broad": 0.65, "burly": 0.75, "瘦": 0.12, "苗条": 0.2, "微胖": 0.7, "胖": 0.88,
}  # fmt: skip
MUSCLES = {
    "muscular": 0.9, "athletic": 0.75, "strong": 0.8, "sporty": 0.7, "burly": 0.8, "wiry": 0.65, "fit": 0.7,
    "frail": 0.1, "weak": 0.15, "强壮": 0.85, "健壮": 0.8, "肌肉": 0.9, "虚弱": 0.1,
}  # fmt: skip
HEIGHTS = {
    "very tall": 19, "tallish": 5, "tall": 11, "towering": 20, "lanky": 9, "very short": -19, "tiny": -20,
    "shortish": -5, "short": -11, "petite": -9, "small": -9, "little": -9, "很高": 17, "高大": 14, "高个": 11, "高": 11,
    "矮小": -14, "矮": -11, "小个子": -11,
}  # fmt: skip
"""Centimetres over the average of the age and gender."""

PEOPLES: dict[str, tuple[dict[str, float], str]] = {
    "african": ({"african": 1}, "#50331f"), "nigerian": ({"african": 1}, "#50331f"), "kenyan": ({"african": 1}, "#4a2d1c"),
    "ghanaian": ({"african": 1}, "#4a2d1c"), "ethiopian": ({"african": 0.8, "caucasian": 0.2}, "#6a4429"),
    "black": ({"african": 1}, "#50331f"), "african american": ({"african": 0.8, "caucasian": 0.2}, "#6a4429"),
    "chinese": ({"asian": 1}, "#cda37c"), "japanese": ({"asian": 1}, "#d3aa84"), "korean": ({"asian": 1}, "#d3aa84"),
    "vietnamese": ({"asian": 1}, "#be9068"), "thai": ({"asian": 1}, "#b58860"), "filipino": ({"asian": 1}, "#a97c58"),
    "asian": ({"asian": 1}, "#cda37c"), "mongolian": ({"asian": 1}, "#b98c64"),
    "indian": ({"caucasian": 0.6, "asian": 0.3, "african": 0.1}, "#8c6040"),
    "pakistani": ({"caucasian": 0.7, "asian": 0.3}, "#9c6f4c"),
    "arab": ({"caucasian": 0.9, "african": 0.1}, "#b08358"), "persian": ({"caucasian": 0.8, "asian": 0.2}, "#bd9068"),
    "iranian": ({"caucasian": 0.8, "asian": 0.2}, "#bd9068"), "turkish": ({"caucasian": 0.9, "asian": 0.1}, "#c0946e"),
    "mexican": ({"caucasian": 0.55, "asian": 0.45}, "#a8764f"), "latina": ({"caucasian": 0.6, "asian": 0.4}, "#b08358"),
    "latino": ({"caucasian": 0.6, "asian": 0.4}, "#b08358"), "brazilian": ({"caucasian": 0.5, "african": 0.5}, "#8c6040"),
    "polynesian": ({"asian": 0.8, "african": 0.2}, "#9c6f4c"), "italian": ({"caucasian": 1}, "#c8967a"),
    "spanish": ({"caucasian": 1}, "#c0946e"), "greek": ({"caucasian": 1}, "#c0946e"), "french": ({"caucasian": 1}, "#d3a585"),
    "german": ({"caucasian": 1}, "#d8ab8c"), "swedish": ({"caucasian": 1}, "#dcb49a"), "norwegian": ({"caucasian": 1}, "#dcb49a"),
    "irish": ({"caucasian": 1}, "#dcb49a"), "british": ({"caucasian": 1}, "#d8ab8c"), "english": ({"caucasian": 1}, "#d8ab8c"),
    "scottish": ({"caucasian": 1}, "#dcb49a"), "russian": ({"caucasian": 1}, "#d8ab8c"), "polish": ({"caucasian": 1}, "#d8ab8c"),
    "european": ({"caucasian": 1}, "#d3a585"), "white": ({"caucasian": 1}, "#d3a585"),
    "非洲": ({"african": 1}, "#50331f"), "黑人": ({"african": 1}, "#50331f"), "中国": ({"asian": 1}, "#cda37c"),
    "日本": ({"asian": 1}, "#d3aa84"), "韩国": ({"asian": 1}, "#d3aa84"), "亚洲": ({"asian": 1}, "#cda37c"),
    "印度": ({"caucasian": 0.6, "asian": 0.3, "african": 0.1}, "#8c6040"), "欧洲": ({"caucasian": 1}, "#d3a585"),
    "白人": ({"caucasian": 1}, "#d3a585"),
}  # fmt: skip
"""Ancestry and skin; where the people only hint at it, a middle of what is common there."""

TRADES: dict[str, dict[str, Any]] = {
    "fisherman": {"top": "sweater", "top_colour": "#1f3a52", "bottom": "trousers", "shoes": "boots", "hat": "beanie"},
    "sailor": {"top": "sweater", "top_colour": "#1f2c44", "top_pattern": "stripes", "shoes": "boots"},
    "farmer": {"top": "shirt", "top_colour": "#8a2f2f", "top_pattern": "checks", "bottom": "jeans", "shoes": "boots"},
    "carpenter": {"top": "shirt", "top_colour": "#5f6b4a", "top_pattern": "checks", "bottom": "jeans", "shoes": "boots"},
    "businessman": {"top": "shirt", "top_colour": "#e8e6e0", "outer": "jacket", "outer_colour": "#2a2c33"},
    "businesswoman": {"top": "shirt", "top_colour": "#e8e6e0", "outer": "jacket", "outer_colour": "#2a2c33", "bottom": "skirt"},
    "lawyer": {"top": "shirt", "top_colour": "#e8e6e0", "outer": "jacket", "outer_colour": "#1f2c44"},
    "teacher": {"top": "sweater", "top_colour": "#6b5d47"},
    "professor": {"top": "shirt", "outer": "jacket", "outer_colour": "#6b5d47"},
    "doctor": {"top": "shirt", "outer": "coat", "outer_colour": "#e8e6e0"},
    "nurse": {"top": "t_shirt", "top_colour": "#5f8f96", "shoes": "sneakers"},
    "student": {"top": "hoodie", "top_colour": "#7f8890", "bottom": "jeans", "shoes": "sneakers"},
    "athlete": {"top": "tank", "bottom": "shorts", "shoes": "sneakers"},
    "detective": {"top": "shirt", "outer": "coat", "outer_colour": "#8b7f55", "hat": "brimmed"},
    "渔夫": {"top": "sweater", "top_colour": "#1f3a52", "shoes": "boots", "hat": "beanie"},
    "学生": {"top": "hoodie", "bottom": "jeans", "shoes": "sneakers"},
    "农民": {"top": "shirt", "top_pattern": "checks", "shoes": "boots", "hat": "brimmed"},
    "医生": {"top": "shirt", "outer": "coat", "outer_colour": "#e8e6e0"},
    "老师": {"top": "sweater", "top_colour": "#6b5d47"},
}  # fmt: skip
"""What people of a trade wear where nothing else is said."""
