"""Japanese."""

from chatbot.sources.support_policy.words.lexicon import Language

JAPANESE = Language(
    name="Japanese",
    markers=frozenset({"バージョン", "サポート", "セキュリティ", "脆弱性", "します", "です", "リリース"}),
    phrases={
        "サポート対象外": "unsupported", "サポート対象": "supported", "サポートされていません": "are not supported", "サポートされません": "are not supported",
        "サポートしていません": "are not supported", "サポートしません": "are not supported", "サポートされなくなりました": "are no longer supported",
        "サポート終了日": "end of support", "サポート終了": "end of support", "サポート期限": "supported until", "サポート状況": "support status",
        "サポートされています": "are supported", "サポートされます": "are supported", "サポートしています": "are supported", "サポートします": "are supported",
        "サポートされている": "supported", "サポート中": "supported", "サポート": "supported", "対象外": "unsupported", "メンテナンス終了": "unmaintained",
        "メンテナンス": "maintained", "終了": "ended", "廃止": "discontinued", "非推奨": "deprecated", "提供されません": "are not provided",
        "提供しません": "are not provided", "提供されます": "are provided", "提供します": "are provided", "提供": "provided", "受け取ります": "receive",
        "受けられません": "do not receive", "対応していません": "are not supported", "対応しません": "are not supported", "行いません": "are not provided",
        "行います": "are provided", "ありません": "no", "しません": "not", "されません": "not", "ません": "not", "いいえ": "no", "はい": "yes",
        "セキュリティアップデート": "security updates", "セキュリティ更新": "security updates", "セキュリティ修正": "security fixes",
        "セキュリティパッチ": "security patches", "セキュリティ": "security", "アップデート": "updates", "更新": "updates", "修正": "fixes", "パッチ": "patches",
        "のみ": "only", "だけ": "only", "最新": "latest", "最新の": "latest", "現在": "currently", "現行": "current", "前の": "previous", "以前": "and older",
        "より前": "and older", "未満": "and below", "以降": "and newer", "以上": "and above", "以下": "and below", "古い": "older", "旧": "older",
        "その他": "other", "それ以外": "other versions", "他の": "other", "すべて": "all", "全て": "all", "全ての": "all", "すべての": "all",
        "バージョン": "version", "リリース": "release", "ブランチ": "branch", "メジャー": "major", "マイナー": "minor", "系": "series", "安定版": "stable version",
        "版": "version", "まで": "until", "から": "from", "および": "and", "と": "and", "または": "or", "ただし": "but", "を除く": "except",
        "予定": "planned", "開発": "development", "可能性": "may", "推奨": "recommended", "ください": "please", "例えば": "for example", "次の": "following",
        "の": "", "は": "", "が": "", "を": "", "に": "", "で": "", "も": "", "へ": "", "です": "", "ます": "", "対応": "supported", "状況": "status", "状態": "status",
        "長期サポート": "lts", "二つ": "two", "2つ": "two", "3つ": "three",
    },
)  # fmt: skip
