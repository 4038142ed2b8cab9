"""XML-RPC at `/xmlrpc.php`, where editors write posts and other sites say that they link here."""
