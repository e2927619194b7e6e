"""Where the configuration file is: what every command and every sentence about it goes by."""

from pathlib import Path

OPTION = "--config"
VARIABLE = "CHATBOT_CONFIG"  # names the file itself, and no setting in it
USUAL = Path("config.toml")  # in the folder in which the program is started
ORDER = f"the file is named by {OPTION}, else by the variable {VARIABLE}, else it is {USUAL} in this folder"
