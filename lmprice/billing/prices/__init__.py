"""Price lists that people have as files, made into price books.

One module a source, with the same two functions in each: ``fits`` says whether a file is of that
source, ``prices`` gives what it says of the models that are asked for.  What a list holds and a
book cannot is listed with its reason, never left out without a word.
"""

from lmprice.billing.prices.making import (
    PriceListError,
    book_from,
    list_or_book,
    models_of,
)

__all__ = ["PriceListError", "book_from", "list_or_book", "models_of"]
