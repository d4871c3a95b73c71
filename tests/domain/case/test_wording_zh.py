"""What the Chinese wording rules find in each register and through each disguise, and what they let be."""

from __future__ import annotations

import pytest

from workstation.domain.wording import Facts, check


def kinds(text: str, party: str = "debtor", *, verified: bool = True) -> set[str]:
    facts = Facts(identity_verified=verified)
    return {finding.kind for finding in check(text, "zh_CN", "zh-CN", party, facts)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我吓唬他说要把车砸了，他才肯谈。", "threat"),
        ("把他身份证照片挂到网上，让大家都来认识认识。", "threat"),
        ("叫几个人去他摊位上坐着，看他怎么做生意。", "threat"),
        ("阁下人格卑劣，恬不知耻。", "insult"),
        ("骂了他一顿，他答应下周还。", "insult"),
        ("我以派出所民警的身份给他打了电话。", "posing"),
        ("喂，派出所的，你出来一下。", "posing"),
        ("用法院的抬头打印了一份通知寄给他。", "posing"),
        ("本庭定于下周一对你进行询问。", "posing"),
        ("限你一小时内还清，过期直接移交警方。", "false_urgency"),
        ("告诉她孩子将来入不了党、考不了编。", "false_urgency"),
        ("跟她讲征信那边已经有记录了。", "untrue"),
        ("罚息不用还了，今天结清就行。", "untrue"),
        ("跟他说可以拿房子去做二押。", "borrowing"),
        ("您可向亲友筹借款项，于月底前付清。", "borrowing"),
    ],
)
def test_messages_letters_and_notes_of_ones_own_deeds_are_found(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我是J察，别挂电话。", "posing"),
        ("这里是公 an 局，你的卡有问题。", "posing"),
        ("贝戋人，借钱时怎么不说困难？", "insult"),
        ("你就是🐷。", "insult"),
        ("砍 si 你。", "threat"),
        ("閣下之無恥，令人不齒。", "insult"),
        ("征·信·已·报。", "untrue"),
    ],
)
def test_initials_halves_pictures_and_syllables_are_read(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "债务人说再打电话就砍死我，已上报主管。",
        "客户骂我“狗东西”，我未回应。",
        "客户的丈夫是警察，工作时间不方便接电话。",
        "客户要去学校接孩子，改约晚上六点半。",
        "如接到自称公检法的来电，请勿转账。",
        "我是银行员工，不是警察，请您放心。",
        "债务人因打架被拘留十天，暂时联系不上。",
        "债务人与前妻的离婚诉讼已开庭。",
        "请不要为了还款去找亲友或网贷平台借钱。",
        "客户在垃圾处理厂上班，夜班。",
        "请把收入证明发到我行邮箱。",
        "收件人电话已更新。",
    ],
)
def test_others_words_denials_and_daily_life_are_let_be(text: str) -> None:
    assert kinds(text) == set()


def test_not_telling_a_third_person_is_no_disclosure() -> None:
    assert kinds("对方问是不是催债的，我说只是找他本人。", "unrelated") == set()
    assert kinds("其妻问是什么事，我说是信用卡逾期。", "related") == {"disclosure"}
