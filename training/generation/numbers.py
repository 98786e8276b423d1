"""Numbers as a statute writes them, for use inside regular expressions."""

N = r"[0-9０-９零〇一二两三四五六七八九十百千万亿]+(?:[.．点][0-9零一二三四五六七八九]+)?"
N_CHARS = "0-9０-９零〇一二两三四五六七八九十百千万亿.．点、至到A-Za-z-"
"""For use inside a class."""
NOT_DATE = r"(?<![0-9０-９零〇一二两三四五六七八九十百千万月年第.每満满])"
"""What does not stand before a period: it would be a date or an ordinal."""
BOUND = (
    r"不得?(?:少|低|多|高|超|小|大)(?:于|过)|至少|最少|最多|最低|最高|超过|不足|未满|达到?|为|满"
)
"""What stands before a number that bounds something."""
