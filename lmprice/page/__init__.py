"""A scenario as a web page: one file with inputs, results and the arithmetic between them."""

from lmprice.page.document import page as page
