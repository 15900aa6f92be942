using Provisioning;

return await ProvisioningHost.Run(args);
