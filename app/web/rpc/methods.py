"""Every method, with what it takes. The table is the documentation: `system.listMethods` gives its names."""

from collections.abc import Mapping

from app.web.linkbacks import pingbacks
from app.web.rpc import about, comments, posts, system, terms, uploads, wordpress
from app.web.rpc.calling import Method
from app.web.rpc.params import WHATEVER

# Whoever signs in has these at the beginning; `blog` is looked at by nobody, there is one.
_ME = "blog name password"

_SYSTEM = {
    system.MULTICALL: Method(system.multicall, "calls"),
    "system.listMethods": Method(system.list_methods),
    "system.getCapabilities": Method(system.get_capabilities),
}
# What other sites call; it takes no password.
_PINGBACK = {
    "pingback.ping": Method(pingbacks.ping, "source target"),
    "pingback.extensions.getPingbacks": Method(pingbacks.pings_of, "url"),
}
_BLOGGER = {
    "blogger.getUsersBlogs": Method(about.get_users_blogs, "key name password"),
    "blogger.getUserInfo": Method(about.get_user_info, "key name password"),
    "blogger.getRecentPosts": Method(
        posts.get_bloggers_recent_posts, "key blog name password most?"
    ),
    "blogger.deletePost": Method(posts.delete_post, "key post name password publish?"),
}
_META_WEBLOG = {
    "metaWeblog.getUsersBlogs": Method(about.get_users_blogs, "key name password"),
    "metaWeblog.newPost": Method(posts.new_post, f"{_ME} content publish?", is_large=True),
    "metaWeblog.editPost": Method(
        posts.edit_post, "post name password content publish?", is_large=True
    ),
    "metaWeblog.getPost": Method(posts.get_post, "post name password"),
    "metaWeblog.deletePost": Method(posts.delete_post, "key post name password publish?"),
    "metaWeblog.getRecentPosts": Method(posts.get_recent_posts, f"{_ME} most?"),
    "metaWeblog.getCategories": Method(terms.get_categories, _ME),
    "metaWeblog.newMediaObject": Method(uploads.new_media_object, f"{_ME} file", is_large=True),
}
_MOVABLE_TYPE = {
    "mt.getCategoryList": Method(terms.get_category_list, _ME),
    "mt.getPostCategories": Method(posts.get_post_categories, "post name password"),
    "mt.setPostCategories": Method(posts.set_post_categories, "post name password categories"),
    "mt.getRecentPostTitles": Method(posts.get_recent_titles, f"{_ME} most?"),
    "mt.publishPost": Method(posts.publish_post, "post name password"),
    "mt.getTrackbackPings": Method(posts.get_trackback_pings, "post name password"),
    "mt.supportedMethods": Method(posts.supported_methods, WHATEVER),
    "mt.supportedTextFilters": Method(posts.supported_text_filters, WHATEVER),
}
_WORDPRESS = {
    "wp.getUsersBlogs": Method(about.get_users_blogs, "name password"),
    "wp.getProfile": Method(about.get_profile, f"{_ME} fields?"),
    "wp.getAuthors": Method(about.get_authors, _ME),
    "wp.getOptions": Method(about.get_options, f"{_ME} options?"),
    # Posts, and pages as posts of another type.
    "wp.newPost": Method(wordpress.new_post, f"{_ME} content", is_large=True),
    "wp.editPost": Method(wordpress.edit_post, f"{_ME} post content", is_large=True),
    "wp.deletePost": Method(wordpress.delete_post, f"{_ME} post"),
    "wp.getPost": Method(wordpress.get_post, f"{_ME} post fields?"),
    "wp.getPosts": Method(wordpress.get_posts, f"{_ME} filter? fields?"),
    "wp.getPostStatusList": Method(wordpress.get_post_status_list, _ME),
    "wp.getPostFormats": Method(wordpress.get_post_formats, f"{_ME} filter?"),
    "wp.getPostTypes": Method(wordpress.get_post_types, f"{_ME} filter? fields?"),
    "wp.getPostType": Method(wordpress.get_post_type, f"{_ME} type fields?"),
    # Pages, as they were before that.
    "wp.newPage": Method(wordpress.new_page, f"{_ME} content publish?", is_large=True),
    "wp.editPage": Method(
        wordpress.edit_page, "blog page name password content publish?", is_large=True
    ),
    "wp.deletePage": Method(wordpress.delete_page, f"{_ME} page"),
    "wp.getPage": Method(wordpress.get_page, "blog page name password"),
    "wp.getPages": Method(wordpress.get_pages, f"{_ME} most?"),
    "wp.getPageList": Method(wordpress.get_page_list, _ME),
    "wp.getPageStatusList": Method(wordpress.get_post_status_list, _ME),
    "wp.getPageTemplates": Method(wordpress.get_page_templates, _ME),
    # Categories and tags.
    "wp.getTaxonomies": Method(terms.get_taxonomies, f"{_ME} filter? fields?"),
    "wp.getTaxonomy": Method(terms.get_taxonomy, f"{_ME} taxonomy fields?"),
    "wp.getTerms": Method(terms.get_terms, f"{_ME} taxonomy filter?"),
    "wp.getTerm": Method(terms.get_term, f"{_ME} taxonomy number"),
    "wp.newTerm": Method(terms.new_term, f"{_ME} term"),
    "wp.getCategories": Method(terms.get_categories, _ME),
    "wp.newCategory": Method(terms.new_category, f"{_ME} category"),
    "wp.getTags": Method(terms.get_tags, _ME),
    # Files.
    "wp.uploadFile": Method(uploads.new_media_object, f"{_ME} file", is_large=True),
    "wp.getMediaItem": Method(uploads.get_media_item, f"{_ME} upload"),
    "wp.getMediaLibrary": Method(uploads.get_media_library, f"{_ME} filter?"),
    # Comments, for reading.
    "wp.getCommentCount": Method(comments.get_comment_count, f"{_ME} post"),
    "wp.getComments": Method(comments.get_comments, f"{_ME} filter?"),
    "wp.getCommentStatusList": Method(comments.get_comment_status_list, _ME),
}

METHODS: Mapping[str, Method] = {
    **_SYSTEM,
    **_PINGBACK,
    **_BLOGGER,
    **_META_WEBLOG,
    **_MOVABLE_TYPE,
    **_WORDPRESS,
}
