"""Emoji by the codes that Markdown writes for them: `:tada:` is shown as 🎉."""

from chatbot.core.text import patterns

# The codes that release notes use, each followed by its emoji.
_CODES = """
tada 🎉  rocket 🚀  sparkles ✨  bug 🐛  beetle 🐞  lady_beetle 🐞  ant 🐜  fire 🔥  boom 💥  collision 💥
warning ⚠️  lock 🔒  lock_with_ink_pen 🔏  closed_lock_with_key 🔐  unlock 🔓  key 🔑  old_key 🗝️  shield 🛡️
rotating_light 🚨  memo 📝  pencil 📝  pencil2 ✏️  books 📚  book 📖  closed_book 📕  green_book 📗
blue_book 📘  orange_book 📙  notebook 📓  page_facing_up 📄  page_with_curl 📃  scroll 📜  clipboard 📋
bookmark 🔖  bookmark_tabs 📑  label 🏷️  tag 🏷️  package 📦  wrench 🔧  hammer 🔨  hammer_and_wrench 🛠️
hammer_and_pick ⚒️  nut_and_bolt 🔩  gear ⚙️  tools 🛠️  toolbox 🧰  screwdriver 🪛  zap ⚡  star ⭐  star2 🌟
dizzy 💫  heart ❤️  hearts ♥️  blue_heart 💙  green_heart 💚  yellow_heart 💛  purple_heart 💜
orange_heart 🧡  black_heart 🖤  white_heart 🤍  broken_heart 💔  two_hearts 💕  sparkling_heart 💖  bulb 💡
flashlight 🔦  candle 🕯️  link 🔗  paperclip 📎  pushpin 📌  round_pushpin 📍  arrow_up ⬆️  arrow_down ⬇️
arrow_left ⬅️  arrow_right ➡️  arrow_upper_right ↗️  arrow_lower_right ↘️  arrow_heading_up ⤴️
arrow_heading_down ⤵️  arrow_up_down ↕️  left_right_arrow ↔️  arrows_counterclockwise 🔄
arrows_clockwise 🔃  twisted_rightwards_arrows 🔀  rewind ⏪  fast_forward ⏩  arrow_forward ▶️
arrow_backward ◀️  leftwards_arrow_with_hook ↩️  arrow_right_hook ↪️  exclamation ❗  bangbang ‼️
question ❓  grey_question ❔  grey_exclamation ❕  interrobang ⁉️  information_source ℹ️  recycle ♻️
art 🎨  lipstick 💄  eyes 👀  eye 👁️  pray 🙏  clap 👏  wave 👋  raised_hands 🙌  muscle 💪  point_right 👉
point_left 👈  point_up ☝️  point_down 👇  point_up_2 👆  handshake 🤝  ok_hand 👌  v ✌️  crossed_fingers 🤞
thumbsup 👍  thumbsdown 👎  +1 👍  -1 👎  fist ✊  punch 👊  writing_hand ✍️  globe_with_meridians 🌐
earth_africa 🌍  earth_americas 🌎  earth_asia 🌏  world_map 🗺️  whale 🐳  whale2 🐋  penguin 🐧  apple 🍎
green_apple 🍏  snake 🐍  racehorse 🐎  horse 🐴  elephant 🐘  camel 🐫  crab 🦀  octopus 🐙  squid 🦑  shrimp 🦐
fish 🐟  tropical_fish 🐠  dolphin 🐬  turtle 🐢  lizard 🦎  dragon 🐉  dragon_face 🐲  unicorn 🦄  owl 🦉
eagle 🦅  bird 🐦  hatching_chick 🐣  hatched_chick 🐥  baby_chick 🐤  chicken 🐔  duck 🦆  swan 🦢  parrot 🦜
bee 🐝  honeybee 🐝  butterfly 🦋  snail 🐌  spider 🕷️  spider_web 🕸️  rabbit 🐰  rabbit2 🐇  cat 🐱  cat2 🐈
dog 🐶  dog2 🐕  wolf 🐺  fox_face 🦊  bear 🐻  panda_face 🐼  koala 🐨  tiger 🐯  lion 🦁  mouse 🐭  hamster 🐹
cow 🐮  pig 🐷  monkey 🐒  monkey_face 🐵  see_no_evil 🙈  hear_no_evil 🙉  speak_no_evil 🙊  frog 🐸
chart_with_upwards_trend 📈  chart_with_downwards_trend 📉  bar_chart 📊  mag 🔍  mag_right 🔎  calendar 📆
date 📅  spiral_calendar 🗓️  alarm_clock ⏰  stopwatch ⏱️  hourglass ⌛  hourglass_flowing_sand ⏳  watch ⌚
email ✉️  e-mail 📧  envelope ✉️  incoming_envelope 📨  envelope_with_arrow 📩  mailbox 📫
mailbox_with_mail 📬  postbox 📮  inbox_tray 📥  outbox_tray 📤  speech_balloon 💬  thought_balloon 💭
construction_worker 👷  construction 🚧  robot 🤖  computer 💻  desktop_computer 🖥️  keyboard ⌨️  printer 🖨️
floppy_disk 💾  cd 💿  dvd 📀  iphone 📱  telephone ☎️  phone ☎️  tv 📺  camera 📷  movie_camera 🎥
video_camera 📹  battery 🔋  electric_plug 🔌  satellite 📡  signal_strength 📶  card_file_box 🗃️
card_index 📇  file_folder 📁  open_file_folder 📂  file_cabinet 🗄️  wastebasket 🗑️  broom 🧹  soap 🧼
sponge 🧽  seedling 🌱  herb 🌿  evergreen_tree 🌲  deciduous_tree 🌳  palm_tree 🌴  cactus 🌵  leaves 🍃
fallen_leaf 🍂  maple_leaf 🍁  four_leaf_clover 🍀  mushroom 🍄  sunflower 🌻  rose 🌹  tulip 🌷
cherry_blossom 🌸  hibiscus 🌺  bouquet 💐  sunny ☀️  sun_with_face 🌞  cloud ☁️  umbrella ☂️  snowflake ❄️
snowman ☃️  rainbow 🌈  ocean 🌊  droplet 💧  sweat_drops 💦  tornado 🌪️  crescent_moon 🌙  new_moon 🌑
comet ☄️  milky_way 🌌  volcano 🌋  mountain ⛰️  christmas_tree 🎄  jack_o_lantern 🎃  gift 🎁  balloon 🎈
confetti_ball 🎊  ribbon 🎀  trophy 🏆  medal_sports 🏅  first_place_medal 🥇  crown 👑  gem 💎  moneybag 💰
dollar 💵  credit_card 💳  coffee ☕  tea 🍵  beer 🍺  beers 🍻  wine_glass 🍷  clinking_glasses 🥂  pizza 🍕
hamburger 🍔  cookie 🍪  cake 🍰  birthday 🎂  doughnut 🍩  lemon 🍋  banana 🍌  pineapple 🍍  watermelon 🍉
strawberry 🍓  grapes 🍇  peach 🍑  cherries 🍒  tomato 🍅  hot_pepper 🌶️  carrot 🥕  smile 😄  smiley 😃
grin 😁  grinning 😀  laughing 😆  joy 😂  rofl 🤣  wink 😉  blush 😊  sunglasses 😎  nerd_face 🤓  thinking 🤔
neutral_face 😐  confused 😕  worried 😟  cry 😢  sob 😭  scream 😱  angry 😠  rage 😡  sleeping 😴  zzz 💤
skull 💀  ghost 👻  alien 👽  poop 💩  hankey 💩  clown_face 🤡  partying_face 🥳  star_struck 🤩  relieved 😌
heart_eyes 😍  hugs 🤗  detective 🕵️  mage 🧙  superhero 🦸  busts_in_silhouette 👥  bust_in_silhouette 👤
family 👪  eyeglasses 👓  tophat 🎩  x ❌  heavy_check_mark ✔️  white_check_mark ✅  ballot_box_with_check ☑️
heavy_multiplication_x ✖️  negative_squared_cross_mark ❎  o ⭕  no_entry ⛔  no_entry_sign 🚫  stop_sign 🛑
octagonal_sign 🛑  red_circle 🔴  orange_circle 🟠  yellow_circle 🟡  green_circle 🟢  large_blue_circle 🔵
purple_circle 🟣  brown_circle 🟤  black_circle ⚫  white_circle ⚪  red_square 🟥  green_square 🟩
blue_square 🟦  yellow_square 🟨  black_large_square ⬛  white_large_square ⬜  large_orange_diamond 🔶
large_blue_diamond 🔷  small_blue_diamond 🔹  small_orange_diamond 🔸  small_red_triangle 🔺
small_red_triangle_down 🔻  radio_button 🔘  checkered_flag 🏁  triangular_flag_on_post 🚩  white_flag 🏳️
black_flag 🏴  rainbow_flag 🏳️‍🌈  pirate_flag 🏴‍☠️  infinity ♾️  100 💯  1234 🔢  abc 🔤  symbols 🔣  ok 🆗
new 🆕  up 🆙  cool 🆒  free 🆓  sos 🆘  vs 🆚  top 🔝  soon 🔜  on 🔛  end 🔚  back 🔙  heavy_plus_sign ➕
heavy_minus_sign ➖  heavy_division_sign ➗  heavy_dollar_sign 💲  copyright ©️  registered ®️  tm ™️
zero 0️⃣  one 1️⃣  two 2️⃣  three 3️⃣  four 4️⃣  five 5️⃣  six 6️⃣  seven 7️⃣  eight 8️⃣  nine 9️⃣
hash #️⃣  test_tube 🧪  alembic ⚗️  microscope 🔬  telescope 🔭  petri_dish 🧫  dna 🧬  thermometer 🌡️
pill 💊  syringe 💉  adhesive_bandage 🩹  stethoscope 🩺  ambulance 🚑  hospital 🏥  fire_engine 🚒
police_car 🚓  truck 🚚  articulated_lorry 🚛  tractor 🚜  car 🚗  taxi 🚕  bus 🚌  train 🚋  railway_car 🚃
ship 🚢  boat ⛵  sailboat ⛵  speedboat 🚤  ferry ⛴️  anchor ⚓  airplane ✈️  helicopter 🚁  bike 🚲
building_construction 🏗️  bricks 🧱  house 🏠  office 🏢  factory 🏭  bank 🏦  school 🏫  european_castle 🏰
bell 🔔  no_bell 🔕  loudspeaker 📢  mega 📣  speaker 🔈  sound 🔉  loud_sound 🔊  mute 🔇  musical_note 🎵
notes 🎶  headphones 🎧  microphone 🎤  guitar 🎸  drum 🥁  game_die 🎲  video_game 🎮  joystick 🕹️  dart 🎯
bowling 🎳  puzzle_piece 🧩  jigsaw 🧩  chess_pawn ♟️  crystal_ball 🔮  magic_wand 🪄  abacus 🧮  compass 🧭
straight_ruler 📏  triangular_ruler 📐  scissors ✂️  pen 🖊️  fountain_pen 🖋️  paintbrush 🖌️  crayon 🖍️
magnet 🧲  ladder 🪜  goal_net 🥅  goggles 🥽  door 🚪  chair 🪑  balance_scale ⚖️  dagger 🗡️
crossed_swords ⚔️  bow_and_arrow 🏹  bomb 💣  axe 🪓  coffin ⚰️  hole 🕳️  passport_control 🛂  customs 🛃
children_crossing 🚸  wheelchair ♿  egg 🍳  chains ⛓️  rock 🪨  safety_vest 🦺  safety_pin 🧷  thread 🧵
yarn 🧶
"""
_EMOJI = dict(zip(_CODES.split()[::2], _CODES.split()[1::2], strict=True))
_PICTURES_OF_A_HOST = frozenset({"octocat", "shipit", "electron", "trollface", "bowtie", "neckbeard", "hurtrealbad"})
_CODE = patterns.compile(r":([a-z0-9_+-]{1,40}):", ignore_case=True)


def with_emoji(text: str) -> str:
    """The text with emoji for their codes. A code that only one host knows is dropped, an unknown one is left, and so is
    what stands inside of a word (`std::key::new`)."""
    if text.count(":") < 2:
        return text
    pieces: list[str] = []
    at = 0
    for match in _CODE.finditer(text):
        emoji = _emoji(match[1].lower())
        if emoji is not None and _stands_alone(text, match.start(), match.end(), follows=at == match.start()):
            pieces += (text[at : match.start()], emoji)
            at = match.end()
            if not emoji and text[at : at + 1] == " " and text[max(match.start() - 1, 0) : match.start()] in ("", " "):
                at += 1
    return "".join((*pieces, text[at:])) if pieces else text


def _emoji(name: str) -> str | None:
    return "" if name in _PICTURES_OF_A_HOST else _EMOJI.get(name)


def _stands_alone(text: str, start: int, end: int, *, follows: bool) -> bool:
    """Whether a code is no part of a word or a path; one may follow another at once."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return (follows or not (before.isalnum() or before == ":")) and not after.isalnum()
