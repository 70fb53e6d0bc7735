"""The Flask extensions, made once and bound to an application in ``app``. Knows nothing else of the library."""

from __future__ import annotations

from flask_alembic import Alembic
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security import Security
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf import CSRFProtect

alembic = Alembic(command_name="")
babel = Babel()
csrf = CSRFProtect()
db = SQLAlchemy()
limiter = Limiter(get_remote_address)
security = Security()
