"""What belongs to a comment but for sending it, which `app/web/routers.py` tries before all else."""

from app.web.comments import appeals, latest_post, own_comment, small_sum, withdrawing

COMMENTS = (
    small_sum.router,
    latest_post.router,
    own_comment.router,
    withdrawing.router,
    appeals.router,
)
