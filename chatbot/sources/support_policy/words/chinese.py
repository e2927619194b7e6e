"""Chinese, in both of its writings."""

from chatbot.sources.support_policy.words.lexicon import Language

CHINESE = Language(
    name="Chinese",
    markers=frozenset({"版本", "支持", "安全", "漏洞", "更新", "支援", "维护", "維護"}),
    phrases={
        "是否支持": "supported", "是否支援": "supported", "支持状态": "support status", "支援狀態": "support status", "支持的版本": "supported versions",
        "受支持的": "supported", "受支持": "supported", "支持的": "supported", "支持中": "supported", "支持": "supported", "支援": "supported",
        "不再支持": "no longer supported", "不再支援": "no longer supported", "已停止支持": "no longer supported", "停止支持": "support ended",
        "停止维护": "unmaintained", "不受支持": "unsupported", "不支持": "unsupported", "不支援": "unsupported", "未支持": "unsupported",
        "终止支持": "support ended", "结束支持": "support ended", "不再维护": "no longer maintained", "不再維護": "no longer maintained",
        "不再": "no longer", "已废弃": "discontinued", "废弃": "discontinued", "已停止": "discontinued", "已弃用": "deprecated", "过期": "expired",
        "生命周期结束": "end of life", "终止日期": "end date", "结束日期": "end date", "截止日期": "end date", "支持至": "supported until",
        "支持到": "supported until", "维护至": "maintained until", "维护": "maintained", "維護": "maintained", "积极维护": "actively maintained",
        "安全更新": "security updates", "安全补丁": "security patches", "安全修复": "security fixes", "安全支持": "security support",
        "更新": "updates", "补丁": "patches", "修复": "fixes", "修復": "fixes", "提供": "provide", "接收": "receive", "获得": "receive", "收到": "receive",
        "获取": "receive", "发布": "release", "安全": "security", "仅": "only", "只": "only", "只有": "only", "仅限": "only", "仅支持": "only supported",
        "只支持": "only supported", "仅对": "only for", "最新": "latest", "最新的": "latest", "当前": "current", "目前": "currently", "現時": "currently",
        "最近": "latest", "上一个": "previous", "上一": "previous", "前一个": "previous", "旧版本": "older versions", "旧版": "older versions",
        "旧的": "old", "舊版": "older versions", "更早": "older", "更旧": "older", "较旧的": "older", "较早": "older", "更低": "lower", "以下": "and below",
        "及以下": "and below", "之前": "and below", "及更早": "and older", "更高": "higher", "及以上": "and above", "以上": "and above", "之后": "and above",
        "其他": "other", "其它": "other", "其余": "other", "所有": "all", "全部": "all", "任何": "any", "每个": "each", "版本": "version", "版": "version",
        "稳定版": "stable version", "稳定": "stable", "主版本": "major version", "大版本": "major version", "次版本": "minor version",
        "小版本": "minor version", "分支": "branch", "系列": "series", "至": "until", "直到": "until", "截止": "until", "自": "since", "和": "and", "与": "and",
        "及": "and", "或": "or", "但": "but", "除": "except", "除了": "except", "不": "not", "没有": "no", "无": "no", "未": "not", "非": "not", "将": "will",
        "我们": "we", "我們": "we", "两个": "two", "三个": "three", "四个": "four", "五个": "five", "是": "yes", "否": "no", "对": "for", "为": "for", "的": "",
        "会": "", "了": "", "可能": "may", "建议": "recommend", "请": "please", "例如": "for example", "比如": "for example", "以下版本": "the following versions",
        "开发": "development", "计划": "planned", "测试": "beta", "有限": "limited", "状态": "status", "狀態": "status", "日期": "date",
        "长期支持": "lts", "用户": "users",
    },
)  # fmt: skip
