"""Surnames of two signs: everything else that is a Chinese name begins with a surname of one."""

from __future__ import annotations

#: Those that people of today bear. 东门, 南门, 西门 and 第五 are left out: in what people write they are a
#: gate and a number.
COMPOUND_SURNAMES = (
    *("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯"),
    *("宇文", "长孙", "端木", "独孤", "南宫", "百里", "东郭", "呼延", "轩辕", "太史", "申屠", "赫连"),
    *("澹台", "司空", "钟离", "濮阳", "鲜于", "闻人", "万俟", "公羊", "公冶", "宗政", "太叔", "仲孙"),
    *("闾丘", "亓官", "司寇", "巫马", "漆雕", "乐正", "宰父", "谷梁", "拓跋", "夹谷", "段干", "羊舌"),
    *("梁丘", "左丘", "淳于", "单于", "公良", "颛孙"),
)
