import { conversationContract } from '../../contracts/conversation.ts';

conversationContract('meta');
