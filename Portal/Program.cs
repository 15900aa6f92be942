using Portal;

return await PortalHost.Run(args);
