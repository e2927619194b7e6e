"""What the parser notes for the layout makes no release another one than an older program stored: nothing is edited for it."""

from chatbot.core.announce.subject import find
from chatbot.core.model.facts import Release
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import BulletList, ListItem, Paragraph, Text
from chatbot.sources.github.release_json import read_release
from chatbot.store.database import wire
from tests.core import make

NOTES = """\
![The new editor](https://forge.example/a/editor.png)

<img width="600" alt="image" src="https://forge.example/a/b.png" /> and words

| Setting | Old | New |
|---|---|---|
| `timeout` | 30 | 60 |
| retries |  | 3 |

<details>
<summary>All <b>changes</b></summary>

- one ![two](three.png)

  ![three](https://forge.example/a/c.png)

</details>

<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td><img src="x.png" alt="x"> y</td></tr></table>
"""
ITEM = {
    "tag_name": "v1.2.0",
    "name": "v1.2.0 – Blue Heron",
    "html_url": "https://forge.example/o/r/releases/tag/v1.2.0",
    "published_at": "2030-01-02T03:04:05Z",
    "draft": False,
    "prerelease": False,
    "body": NOTES,
}
# As the program before wrote the release down. Never change it.
OLDER = r"""
{"v":1,"kind":"release","project":"mail","tag":"v1.2.0","name":"v1.2.0 – Blue Heron","url":"https://forge.example/o/r/releases/tag/v1.2.0","published_at":"2030-01-02T03:04:05+00:00","prerelease":false,"notes":[{"spans":[{"text":"The new editor","is":"text"}],"is":"paragraph"},{"spans":[{"text":"image and words","is":"text"}],"is":"paragraph"},{"items":[{"spans":[{"text":"Setting","is":"text"},{"text":" | ","is":"text"},{"text":"Old","is":"text"},{"text":" | ","is":"text"},{"text":"New","is":"text"}],"depth":0,"number":null},{"spans":[{"text":"timeout","is":"code"},{"text":" | ","is":"text"},{"text":"30","is":"text"},{"text":" | ","is":"text"},{"text":"60","is":"text"}],"depth":0,"number":null},{"spans":[{"text":"retries","is":"text"},{"text":" | ","is":"text"},{"text":" | ","is":"text"},{"text":"3","is":"text"}],"depth":0,"number":null}],"ordered":false,"is":"list"},{"spans":[{"text":"All changes","is":"text"}],"is":"paragraph"},{"items":[{"spans":[{"text":"one two","is":"text"},{"text":"\n","is":"text"},{"text":"three","is":"text"}],"depth":0,"number":null}],"ordered":false,"is":"list"},{"items":[{"spans":[{"text":"A | B","is":"text"}],"depth":0,"number":null},{"spans":[{"text":"1 | x y","is":"text"}],"depth":0,"number":null}],"ordered":false,"is":"list"}],"notes_cut":false,"created_at":null,"unread":""}
""".strip()


def test_a_release_is_the_one_that_an_older_program_stored() -> None:
    older, newer = wire.loads(Release, OLDER), read_release(ITEM, project=ProjectId("mail"))
    assert older == newer
    assert hash(older) == hash(newer)
    assert repr(older) != repr(newer), "the new one knows more about the layout"


def test_it_has_the_digest_of_the_one_that_an_older_program_stored() -> None:
    digests = set()
    for release in (wire.loads(Release, OLDER), read_release(ITEM, project=ProjectId("mail"))):
        subject = find(make.snapshot([release]), "release/mail/v1.2.0")
        assert subject is not None
        digests.add(subject.digest)
    assert len(digests) == 1


def test_hints_are_stored_where_there_are_any() -> None:
    newer = read_release(ITEM, project=ProjectId("mail"))
    assert repr(wire.loads(Release, wire.dumps(newer))) == repr(newer)
    assert wire.dumps(wire.loads(Release, OLDER)) == OLDER


def test_hints_make_no_difference() -> None:
    assert Text("a", "https://forge.example/a.png") == Text("a")
    assert Paragraph((Text("a"),), lead=True) == Paragraph((Text("a"),))
    assert ListItem((Text("a"),), cells=(0,)) == ListItem((Text("a"),))
    assert BulletList((), header=True) == BulletList(())
