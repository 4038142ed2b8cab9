<?php
// What a person would do in WordPress's own pages: php do.php VERB < arguments as JSON > the answer as JSON.
$verbs = array(
	'set_up'  => 'set_up',
	'publish' => 'publish',
	'told'    => 'told',
	'links'   => 'links',
	'approve' => 'approve',
);

$verb = $verbs[ $argv[1] ];
if ( 'set_up' === $verb ) {
	define( 'WP_INSTALLING', true );
}
$_SERVER['HTTP_HOST'] = parse_url( getenv( 'INTEROP_URL' ), PHP_URL_HOST );
require getenv( 'INTEROP_ROOT' ) . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

echo wp_json_encode( $verb( ...json_decode( stream_get_contents( STDIN ), true ) ) );

function set_up( $title, $theme ) {
	wp_install( $title, 'owner', 'owner@example.org', true, '', 'not a secret' );
	update_option( 'permalink_structure', '/%year%/%monthnum%/%postname%/' );
	// Letters to moderators are not what this is about.
	update_option( 'moderation_notify', 0 );
	update_option( 'comments_notify', 0 );
	switch_theme( $theme );
	flush_rewrite_rules( false );
	return get_bloginfo( 'version' );
}

function publish( $title, $html, $trackbacks, $tells_links ) {
	// "Attempt to notify any blogs linked to from the post."
	update_option( 'default_pingback_flag', $tells_links ? 1 : 0 );
	$post = array(
		'post_title'   => $title,
		'post_content' => $html,
		'post_status'  => 'publish',
		'post_author'  => 1,
		'to_ping'      => implode( "\n", $trackbacks ),
	);
	return get_permalink( wp_insert_post( wp_slash( $post ), false ) );
}

function told( $url ) {
	return get_pung( url_to_postid( $url ) );
}

function links( $url ) {
	$found = get_comments( array( 'post_id' => url_to_postid( $url ), 'orderby' => 'comment_ID', 'order' => 'ASC' ) );
	return array_map(
		fn ( $link ) => array(
			'id'     => (int) $link->comment_ID,
			'kind'   => $link->comment_type,
			'state'  => wp_get_comment_status( $link ),
			'source' => $link->comment_author_url,
			'name'   => $link->comment_author,
			'text'   => $link->comment_content,
		),
		$found
	);
}

function approve( $id ) {
	return wp_set_comment_status( $id, 'approve' );
}
